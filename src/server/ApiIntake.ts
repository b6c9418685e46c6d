import type { IncomingHttpHeaders } from "node:http"
import type { Pair } from "../core/pair.ts"
import type { Answer } from "../engine/answers.ts"
import type { Engine } from "../engine/Engine.ts"
import { EngineStopped } from "../engine/outside.ts"
import type { ApiDoor, HttpRequest } from "./Exchange.ts"

/** Somebody who asks an API over HTTP, and how an answer gets there. */
export interface ApiCaller {
  readonly method: string
  /** As on the request line. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  /** The address at the other end of the connection. */
  readonly peer: string | undefined
  /** Whether it was asked under https, as URLs in the answer then are. */
  readonly secure: boolean
  /** Gives the whole answer; `headers` are flat, and say nothing of the connection. A status without a body (204, 304) has an empty one. */
  readonly answer: (status: number, headers: Array<string>, body: string | Uint8Array) => void
  /** Ends the connection without an answer, as a simulated fault has it: with a reset, or just closed. */
  readonly breakOff: (how: "reset" | "closed") => void
  /** Leaves what else comes over the connection unread until everybody else had a turn. */
  readonly rest: () => void
}

/**
 * The thinnest way into an API of the run: a request of whatever HTTP server, one input, and the answer as the log says it.
 * No fibre, router or scope per request (docs/performance.md).
 */
export class ApiIntake {
  readonly #engine: Engine
  readonly #door: ApiDoor
  /** Requests under way: who counts a request in counts it out. */
  open = 0

  constructor(engine: Engine, door: ApiDoor) {
    this.#engine = engine
    this.#door = door
  }

  /** Whether requests are refused, because more come than can be taken. */
  get full(): boolean {
    return this.#engine.full
  }

  /** Answers that too many requests come. */
  refuseFull(caller: ApiCaller): void {
    this.#refuse(caller, this.#door.overloaded)
  }

  /** Answers a CORS preflight. */
  get preflight(): ReadonlyArray<string> {
    return this.#door.preflight
  }

  /** Makes a request an input, and its answer what is answered. */
  ask(caller: ApiCaller, body: HttpRequest["body"]): void {
    if (this.full) {
      this.refuseFull(caller)
      return
    }
    const input = this.#inputOf(caller, body)
    if (input === undefined) return
    this.#engine.ask(
      input,
      (answer) => this.#answered(caller, answer),
      () => this.#refuse(caller, this.#door.unavailable),
    )
  }

  /** Undefined: the caller was told why there is none. */
  #inputOf(caller: ApiCaller, body: HttpRequest["body"]): ReturnType<ApiDoor["wireIn"]> | undefined {
    const { headers, method, peer, url } = caller
    const { authorization, "content-type": contentType } = headers
    try {
      return this.#door.wireIn({ method, url, authorization, contentType, headers, peer, body })
    } catch (error) {
      this.#stop(caller, error)
      return undefined
    }
  }

  #answered(caller: ApiCaller, { entry, hash, aside }: Answer): void {
    const { at, data } = entry
    if (data.undelivered !== undefined) caller.breakOff(data.undelivered)
    else if ("content_type" in data && data.content_type !== undefined) {
      const bytes = aside === "" || aside === undefined ? this.#door.bytes(data.sha256) : Buffer.from(aside, "latin1")
      if (bytes === undefined) this.#answer(caller, this.#door.gone.status, this.#door.gone.body, hash, at)
      else this.#answer(caller, data.status, bytes, hash, at, data.content_type, data.headers)
    } else {
      const text = "body" in data ? data.body : (aside ?? "")
      const body = data.holes === true ? this.#filled(caller, text) : text
      if (body !== undefined) this.#answer(caller, data.status, body, hash, at, undefined, data.headers)
    }
  }

  /** Undefined: the caller was told why not. */
  #filled(caller: ApiCaller, text: string): string | undefined {
    try {
      return this.#door.fill(text, caller.headers.host, caller.secure)
    } catch (error) {
      this.#stop(caller, error)
      return undefined
    }
  }

  /** The keys file could not be written: nothing may be told or become an entry without it. */
  #stop(caller: ApiCaller, error: unknown): void {
    this.#engine.stop(new EngineStopped({ reason: String(error) }))
    this.#refuse(caller, this.#door.unavailable)
  }

  #refuse(caller: ApiCaller, { body, status }: ApiDoor["overloaded"]): void {
    caller.rest()
    this.#answer(caller, status, body, "")
  }

  #answer(
    caller: ApiCaller,
    status: number,
    body: string | Uint8Array,
    hash: string,
    at?: number,
    contentType?: string,
    more?: ReadonlyArray<Pair>,
  ): void {
    const headers = this.#door.headers({ status, body, contentType, hash, at, concurrent: this.open })
    for (const [name, value] of more ?? []) headers.push(name, value)
    const bare = status === 204 || status === 304
    if (!bare) headers.push("Content-Length", String(typeof body === "string" ? Buffer.byteLength(body) : body.length))
    caller.answer(status, headers, bare ? "" : body)
  }
}
