// What pages do by themselves: live updates, orders, keys, and how times are shown. Pages work as plain links without it.
;(() => {
  const { htmx } = window
  const $ = (selector, from = document) => from.querySelector(selector)
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)]

  // Times ----------------------------------------------------------------------------------------------------------------

  /** What the server said last of its clock, and when that was here. */
  let said = JSON.parse(document.body.dataset.now)
  let heardAt = performance.now()
  const now = () => said.now + (performance.now() - heardAt) * said.rate

  const stored = (key, fallback) => {
    try {
      return localStorage.getItem(key) ?? fallback
    } catch {
      return fallback
    }
  }
  const store = (key, value) => {
    try {
      localStorage.setItem(key, value)
    } catch {
      // Without storage a choice lasts as long as its page.
    }
  }
  let mode = stored("times", "ago")

  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ]
  const ago = (ms) => {
    const length = Math.abs(ms)
    const [size, unit] = units.find(([least]) => length >= least) ?? [1_000, "s"]
    const text = `${Math.floor(length / size)} ${unit}`
    return ms >= 0 ? `${text} ago` : `in ${text}`
  }
  const two = (n) => String(n).padStart(2, "0")
  const local = (at) => {
    const date = new Date(at)
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
    return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  }
  const utc = (at) => new Date(at).toISOString().slice(0, 19).replace("T", " ")
  const shown = (at) => (mode === "ago" ? ago(now() - at) : mode === "local" ? local(at) : utc(at))

  const setText = (element, text) => {
    if (element.textContent !== text) element.textContent = text
  }
  const showTimes = () => {
    for (const element of $$("time[data-at]")) setText(element, shown(Number(element.dataset.at)))
    const clock = mode === "local" ? local(now()) : utc(now())
    for (const element of $$("[data-clock]")) setText(element, clock)
    for (const element of $$("[data-pace]")) setText(element, said.pace)
  }
  const showMode = () => {
    for (const button of $$("[data-times]")) button.setAttribute("aria-pressed", String(button.dataset.times === mode))
    showTimes()
  }

  // Live updates ---------------------------------------------------------------------------------------------------------

  /** Makes one element what another is, changing as little as possible: focus, selection and what was typed stay. */
  const morph = (from, to) => {
    if (from.isEqualNode(to)) return
    if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || from.id !== to.id) return from.replaceWith(to)
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue
      return
    }
    if (from.nodeName === "TIME" && from.dateTime === to.dateTime) return
    if ("own" in from.dataset) return
    for (const { name, value } of [...to.attributes])
      if (from.getAttribute(name) !== value && !(name === "class" && from.nodeName === "TR"))
        from.setAttribute(name, value)
    for (const { name } of [...from.attributes])
      if (!to.hasAttribute(name) && !isOwn(from, name)) from.removeAttribute(name)
    if ("clock" in from.dataset) return
    morphChildren(from, to)
  }
  /** What this script, or the reader, has set. */
  const isOwn = (element, name) => (element.nodeName === "DETAILS" && name === "open") || name === "class"

  const morphChildren = (from, to) => {
    const keyed = new Map([...from.children].filter(({ id }) => id !== "").map((child) => [child.id, child]))
    let here = from.firstChild
    for (const next of [...to.childNodes]) {
      const mine = next.id ? keyed.get(next.id) : undefined
      if (mine !== undefined) {
        if (mine === here) here = here.nextSibling
        else from.insertBefore(mine, here)
        morph(mine, next)
      } else if (here !== null && !here.id && !next.id && here.nodeName === next.nodeName) {
        const after = here.nextSibling
        morph(here, next)
        here = after
      } else from.insertBefore(next, here)
    }
    while (here !== null) {
      const after = here.nextSibling
      here.remove()
      here = after
    }
  }

  /** Whether the reader is busy with a list, so that its rows had better stay where they are. */
  const isBusy = (list) =>
    !list.force &&
    (list.matches(":hover") || list.contains(document.activeElement) || $(".selected", list) !== null || scrollY > 120)

  /** Brings the rows that are there up to date, and only counts those that are new. */
  const hold = (list, to) => {
    const rows = $("tbody", list)
    const next = $("tbody", to)
    if (rows === null || next === null) return false
    const there = new Map([...rows.children].map((row) => [row.id, row]))
    const fresh = [...next.children].filter(({ id }) => !there.has(id)).length
    if (fresh === 0) return false
    for (const row of [...next.children]) if (there.has(row.id)) morph(there.get(row.id), row)
    const button = $("[data-fresh]", list)
    button.textContent = `${fresh} new, show`
    button.hidden = false
    return true
  }

  htmx.defineExtension("keep", {
    isInlineSwap: (style) => style === "keep",
    handleSwap: (style, target, fragment) => {
      if (style !== "keep") return false
      const next = fragment.getElementById?.(target.id) ?? fragment.firstElementChild
      // What was closed meanwhile stays closed.
      if (next === null || target.hidden) return true
      const ends = () => [target, ...$$("[data-end]", target)].filter(({ dataset }) => "end" in dataset)
      const readBack = ends().filter((each) => each.scrollHeight - each.scrollTop - each.clientHeight >= 40)
      if (!("rows" in target.dataset && isBusy(target) && hold(target, next))) {
        morph(target, next)
        delete target.force
      }
      for (const each of ends()) if (!readBack.includes(each)) each.scrollTop = each.scrollHeight
      showTimes()
      askAgain()
      return [target]
    },
  })

  let lastSeq = said.seq
  let asked = 0
  let under = 0
  /** Asks for everything that is live, unless the last time is still under way: then again right after it. */
  const refresh = () => {
    if (document.hidden || under > 0) {
      asked = 1
      return
    }
    asked = 0
    for (const region of $$("[data-live]")) {
      under++
      htmx.trigger(region, "live")
    }
  }
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig?.triggeringEvent?.type !== "live") return
    under = Math.max(0, under - 1)
    if (under === 0 && asked > 0) setTimeout(refresh, 150)
  })

  /** What was not quite new when it was shown is asked for once more, also when nothing else happens. */
  let again
  const askAgain = () => {
    const old = $("[data-again]")
    clearTimeout(again)
    if (old !== null) again = setTimeout(refresh, Number(old.dataset.again))
  }

  /** A search that has found nothing yet goes on looking further back by itself, and shows how far it is. */
  const onwardsMax = 1_000
  const onwards = async () => {
    let link = $("[data-onwards]")
    for (let i = 0; i < onwardsMax && link !== null && link.isConnected; i++) {
      if (document.hidden)
        await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }))
      const answer = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Target": "list" } })
      const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#list")
      if (!answer.ok || list === null) return
      const next = $("[data-onwards]", list)
      const here = $("#list [data-onwards]")
      if (here === null) return
      if (next === null && $("tbody", list) !== null) return location.replace(link.href)
      here.closest("nav").replaceWith($("nav", list) ?? document.createElement("span"))
      link = $("#list [data-onwards]")
    }
  }

  const hear = (news) => {
    said = news
    heardAt = performance.now()
    showTimes()
    const icon = `/ui/favicon.svg${said.trouble > 0 ? "?trouble" : ""}`
    const link = $("link[rel=icon]")
    if (link.getAttribute("href") !== icon) link.setAttribute("href", icon)
    document.dispatchEvent(new CustomEvent("ringback:now", { detail: said }))
    if (said.seq === lastSeq) return
    lastSeq = said.seq
    refresh()
  }

  let source
  let polling
  const dot = (state, title) => {
    for (const element of $$("[data-link]")) {
      element.className = `dot ${state}`
      element.title = title
    }
  }
  const poll = async () => {
    try {
      const answer = await fetch("/ui/live", { headers: { Accept: "application/json" } })
      hear(await answer.json())
      dot("polls", "Asks every 3 seconds")
    } catch {
      dot("off", "The server does not answer")
    }
  }
  const listen = () => {
    if (document.hidden || source !== undefined) return
    source = new EventSource("/ui/live")
    source.onopen = () => {
      clearInterval(polling)
      polling = undefined
      dot("on", "Live")
    }
    source.onmessage = ({ data }) => hear(JSON.parse(data))
    source.onerror = () => {
      // While it tries again by itself, asking now and then shows what there is.
      polling ??= setInterval(poll, 3_000)
      dot("off", "The server does not answer")
      if (source.readyState !== EventSource.CLOSED) return
      source = undefined
      setTimeout(listen, 30_000)
    }
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      // A browser has few connections for one server, and a tab nobody sees needs none.
      source?.close()
      source = undefined
      return
    }
    listen()
    refresh()
  })

  // Orders ---------------------------------------------------------------------------------------------------------------

  const toast = (text, bad = false) => {
    const element = document.createElement("div")
    element.className = bad ? "toast bad" : "toast"
    element.textContent = text
    $("#toasts").append(element)
    setTimeout(() => element.remove(), bad ? 8_000 : 2_500)
  }

  const confirmed = (text) =>
    new Promise((resolve) => {
      const dialog = $("#confirm")
      setText($("#confirm-text"), text)
      dialog.returnValue = "no"
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true })
      dialog.showModal()
    })

  /** Puts a value where a dotted name says. */
  const put = (target, name, value) => {
    const path = name.split(".")
    const last = path.pop()
    let group = target
    for (const key of path) group = group[key] ??= {}
    group[last] = value
  }
  const fieldValue = (field) => {
    if (field.type === "checkbox") return field.checked
    if (field.value === "" && "optional" in field.dataset) return undefined
    if (field.type === "number") return Number(field.value)
    if ("utc" in field.dataset) return `${field.value.length === 16 ? `${field.value}:00` : field.value}Z`
    if ("lines" in field.dataset)
      return field.value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
    if (field.dataset.behind !== undefined) return [`${field.dataset.behind}${field.value.trim()}`]
    if ("pair" in field.dataset) return field.value.split(",").map(Number)
    return field.value
  }
  /** What an order says: the form's own JSON, with its fields; or one field that is all of it, as a change of what it was. */
  const orderOf = (form) => {
    const whole = $("[data-body]", form)
    if (whole !== null) return changeOf(JSON.parse(whole.dataset.from), JSON.parse(whole.value))
    const order = JSON.parse(form.dataset.json ?? "{}")
    const fields = {}
    for (const field of form.elements) {
      if (field.name === "") continue
      const value = fieldValue(field)
      if (value !== undefined) put(fields, field.name, value)
    }
    if (form.dataset.under === undefined) return Object.assign(order, fields)
    let group = order
    for (const key of form.dataset.under.split(".")) group = group[key] ??= {}
    group[$("[data-as-key]", form).value.trim()] = fields
    return order
  }
  const isGroup = (value) => typeof value === "object" && value !== null && !Array.isArray(value)
  /** What makes one value of another, as a merge patch: what is not there any more is null. */
  const changeOf = (from, to) => {
    if (!isGroup(from) || !isGroup(to)) return to
    const change = {}
    for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) change[key] = null
    for (const [key, value] of Object.entries(to))
      if (JSON.stringify(value) !== JSON.stringify(from[key])) change[key] = changeOf(from[key], value)
    return change
  }
  const ask = (order, body) => {
    const [method, path] = order.split(" ")
    return fetch(path, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
    })
  }
  const send = (form, submitter) => {
    const body = submitter?.dataset.json ?? JSON.stringify(orderOf(form))
    return ask(submitter?.dataset.order ?? form.dataset.order, body)
  }
  const saying = (form) => $("[data-says]", form)
  const order = async (form, submitter) => {
    if (form.dataset.confirm !== undefined && !(await confirmed(form.dataset.confirm))) return
    form.classList.add("busy")
    const said = saying(form)
    try {
      const answer = await send(form, submitter)
      const text = await answer.text()
      const told = text === "" ? {} : JSON.parse(text)
      if (!answer.ok) throw new Error(told.message ?? told.error?.message ?? `The server answered ${answer.status}`)
      if (said !== null) said.hidden = true
      if (submitter?.dataset.json !== undefined) for (const each of $$("[data-preview]", form)) each.hidden = true
      if (submitter?.dataset.shows !== undefined) return show(form, submitter, told)
      if (form.dataset.leads !== undefined) return location.assign(`${form.dataset.leads}${told.id}`)
      if ("resets" in (submitter ?? form).dataset || "resets" in form.dataset) form.reset()
      toast(submitter?.dataset.done ?? form.dataset.done ?? "Done")
      refresh()
    } catch (error) {
      complain(form, error)
    } finally {
      form.classList.remove("busy")
    }
  }
  const complain = (form, error) => {
    const said = saying(form)
    if (said === null) return toast(error.message, true)
    setText(said, error.message)
    said.className = "notice bad"
    said.hidden = false
  }
  /** Shows what would become of an order, instead of carrying it out. */
  const show = (form, { dataset }, told) => {
    const place = $(dataset.shows, form)
    place.textContent = told.preview ?? JSON.stringify(told, null, 2)
    place.hidden = false
  }
  /** Tries what is being written before it is saved: what it would come to is shown, and what is wrong with it. */
  const tryOut = async (form) => {
    const body = JSON.stringify(orderOf(form))
    const answer = await ask(form.dataset.tries, body)
    const told = await answer.json()
    if (JSON.stringify(orderOf(form)) !== body) return
    if (!answer.ok)
      return complain(form, new Error(told.message ?? told.error?.message ?? `The server answered ${answer.status}`))
    saying(form).hidden = true
    show(form, form, told)
  }
  const waiting = new WeakMap()
  document.addEventListener("input", ({ target }) => {
    const { form } = target
    if (form?.dataset.tries === undefined) return
    clearTimeout(waiting.get(form))
    waiting.set(
      form,
      setTimeout(() => void tryOut(form).catch((error) => complain(form, error)), 300),
    )
  })
  document.addEventListener("submit", (event) => {
    const form = event.target
    if (form.dataset.order === undefined) return
    event.preventDefault()
    void order(form, event.submitter)
  })

  // What was opened beside a page that is not its own has no address to go back to.
  document.addEventListener(
    "click",
    (event) => {
      const close = event.target.closest("#drawer .close")
      if (close === null || location.pathname.startsWith(new URL(close.href).pathname)) return
      event.preventDefault()
      event.stopPropagation()
      const drawer = $("#drawer")
      drawer.hidden = true
      delete drawer.dataset.past
      drawer.replaceChildren()
    },
    true,
  )

  // Clicks ---------------------------------------------------------------------------------------------------------------

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button")
    if (button === null) return
    if (button.dataset.times !== undefined) {
      mode = button.dataset.times
      store("times", mode)
      showMode()
    } else if (button.dataset.copy !== undefined) {
      await navigator.clipboard.writeText(button.dataset.copy).then(
        () => toast("Copied"),
        () => toast("This browser lets nothing be copied here", true),
      )
    } else if ("help" in button.dataset) $("#help").showModal()
    else if ("fresh" in button.dataset) {
      const list = button.closest("[data-live]")
      list.force = true
      scrollTo({ top: 0 })
      button.hidden = true
      button.blur()
      select(undefined)
      refresh()
    }
  })

  // Keys -----------------------------------------------------------------------------------------------------------------

  const links = () => $$(".rows .go, .feed .go")
  const rowOf = (link) => link.closest("tr, li")
  const select = (link) => {
    for (const row of $$(".selected")) row.classList.remove("selected")
    if (link === undefined) return
    rowOf(link).classList.add("selected")
    link.focus({ preventScroll: true })
    rowOf(link).scrollIntoView({ block: "nearest" })
  }
  const move = (by) => {
    const all = links()
    const at = all.findIndex((link) => rowOf(link).classList.contains("selected"))
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))]
    if (next !== undefined) select(next)
  }
  const leave = () => {
    const close = $("#drawer .close")
    if (close !== null) {
      close.click()
      const selected = $(".selected .go")
      selected?.focus({ preventScroll: true })
    } else {
      select(undefined)
      document.activeElement?.blur?.()
      for (const details of $$(".operators[open]")) details.open = false
    }
  }
  const places = {
    d: "/",
    m: "/ui/messages",
    k: "/ui/calls",
    c: "/ui/callbacks",
    l: "/ui/log",
    p: "/ui/phone",
    o: "/ui/conversations",
    s: "/ui/settings",
    t: "/ui/timetravel",
    w: "/ui/gateway",
  }
  let going = false
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]") !== null) return
    const typing = event.target.matches("input:not([type=range]), textarea, select")
    if (event.key === "Escape") {
      if (typing) event.target.blur()
      return leave()
    }
    if (typing) return
    if (going) {
      going = false
      const place = places[event.key]
      if (place !== undefined && $(`.menu a[href="${place}"]`) !== null) location.assign(place)
      return
    }
    const act = { "/": () => $("#q")?.focus(), j: () => move(1), k: () => move(-1), "?": () => $("#help").showModal() }[
      event.key
    ]
    if (event.key === "g") going = true
    else if (act !== undefined) {
      event.preventDefault()
      act()
    }
  })

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !("enter" in event.target.dataset)) return
    event.preventDefault()
    event.target.form.requestSubmit()
  })

  /** A conversation is read from its end. */
  const toEnd = () => {
    for (const element of $$("[data-end]")) element.scrollTop = element.scrollHeight
  }
  toEnd()

  /** Marks the row that is open beside the list. */
  const showOpen = () => {
    for (const link of $$(".rows .go")) {
      const { pathname } = new URL(link.href)
      rowOf(link).classList.toggle("opened", pathname === location.pathname)
    }
  }
  showOpen()
  for (const event of ["htmx:pushedIntoHistory", "htmx:afterSwap"]) document.addEventListener(event, showOpen)
  $(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })

  // The moment one waited for has no slider yet.
  document.addEventListener("htmx:afterSwap", () => {
    if ($("#moment[data-seq]") !== null && $("#slider") === null) location.reload()
  })

  // Time travel ----------------------------------------------------------------------------------------------------------

  const slider = $("#slider")
  if (slider !== null) {
    const travel = $("#travel")
    const { list, page } = travel.dataset
    let live = travel.dataset.liveNow === "true"
    let wanted
    let loading = false
    let playing
    const kept = list === undefined ? {} : { list }
    const address = () => {
      const query = new URLSearchParams(live ? kept : { at: slider.value, ...kept }).toString()
      return query === "" ? page : `${page}?${query}`
    }
    /** Shows the moment that is wanted; while one is under way, the last one that was wanted comes next. */
    const load = async () => {
      wanted = address()
      setText($("[data-place]"), `entry ${slider.value}`)
      $("[data-step=last]").setAttribute("aria-pressed", String(live))
      if (loading) return
      loading = true
      while (wanted !== undefined) {
        const next = wanted
        wanted = undefined
        await htmx.ajax("GET", next, { target: "#moment", swap: "keep" })
        history.replaceState(null, "", next)
        await showThen()
      }
      loading = false
    }
    /** What is open beside the moment is shown as it then was. */
    const showThen = async () => {
      const place = $("#drawer").dataset.past
      const { seq } = $("#moment").dataset
      if (place !== undefined && seq !== undefined)
        await htmx.ajax("GET", `${place}?at=${seq}`, { target: "#drawer", swap: "keep" })
    }
    const go = (seq, toLive = false) => {
      live = toLive
      slider.value = String(seq)
      void load()
    }
    const stop = () => {
      clearInterval(playing)
      playing = undefined
      const button = $("[data-play]")
      setText(button, "Play")
      button.setAttribute("aria-pressed", "false")
    }
    const play = () => {
      if (playing !== undefined) return stop()
      const button = $("[data-play]")
      setText(button, "Pause")
      button.setAttribute("aria-pressed", "true")
      const perSecond = Number($("[data-speed]").value)
      const every = Math.max(100, 1_000 / perSecond)
      playing = setInterval(() => {
        const next = Number(slider.value) + Math.max(1, Math.round((perSecond * every) / 1_000))
        if (next >= Number(slider.max)) stop()
        go(Math.min(next, Number(slider.max)))
      }, every)
    }
    slider.addEventListener("input", () => go(slider.value))
    travel.addEventListener("click", ({ target }) => {
      const button = target.closest("button")
      if (button === null) return
      const { step } = button.dataset
      if ("play" in button.dataset) play()
      else if (step !== undefined) {
        stop()
        if (step === "first") go(1)
        else if (step === "last") go(slider.max, true)
        else go(Number(slider.value) + Number(step))
      }
    })
    document.addEventListener("keydown", (event) => {
      if (event.target.matches("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (by === undefined) return
      event.preventDefault()
      stop()
      go(Number(slider.value) + by)
    })
    document.addEventListener("ringback:now", ({ detail: { seq } }) => {
      if (Number(slider.max) === seq) return
      slider.max = String(seq)
      if (live) go(seq, true)
    })
  }

  askAgain()
  void onwards().catch((error) => toast(error.message, true))
  document.addEventListener("htmx:afterSwap", showTimes)
  document.addEventListener("htmx:sendError", () => dot("off", "The server does not answer"))
  showMode()
  setInterval(showTimes, 1_000)
  listen()
})()
