/** A list of places, four bytes each. -1 stands for none. */
export class Places {
  #places = new Int32Array(8)
  #length = 0

  get length(): number {
    return this.#length
  }

  at(i: number): number | undefined {
    return i < this.#length ? this.#places[i] : undefined
  }

  /** Gives a place that is in the list another value. */
  set(i: number, place: number): void {
    if (i < this.#length) this.#places[i] = place
  }

  push(place: number): void {
    if (this.#length === this.#places.length) {
      const more = new Int32Array(Math.ceil(this.#length * 1.5))
      more.set(this.#places)
      this.#places = more
    }
    this.#places[this.#length++] = place
  }

  clear(): void {
    this.#places = new Int32Array(8)
    this.#length = 0
  }
}
