import * as v8 from "node:v8"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../test/support/seeded.ts"
import { valueAt } from "./columns.ts"
import { type Changing, type Layout, PackedItems } from "./PackedItems.ts"

interface Item {
  readonly id: string
  readonly text: string
  readonly state: "moving" | "still"
  readonly at: number | undefined
}

const layout: Layout<Item> = {
  key: "id",
  fields: ["id", "text", "state", "at"],
  unpack: (columns, i) => ({
    id: valueAt(columns.id, i),
    text: valueAt(columns.text, i),
    state: valueAt(columns.state, i),
    at: valueAt(columns.at, i),
  }),
  moves: ({ state }) => state === "moving",
}

const still = (item: Changing<Item>) => {
  item.state = "still"
}

const retold = (item: Changing<Item>) => {
  item.text = "changed"
}

const some = (count: number, state: Item["state"] = "still"): PackedItems<Item> => {
  const items = new PackedItems(layout)
  for (let i = 0; i < count; i++) items.push({ id: `id${i}`, text: `text ${i}`, state, at: i % 2 ? i : undefined })
  return items
}

const throughBytes = (items: PackedItems<Item>): PackedItems<Item> => {
  const loaded = new PackedItems(layout)
  for (const part of items.save()) loaded.load(v8.deserialize(v8.serialize(part)))
  return loaded
}

const placesOf = (items: PackedItems<Item>) => Array.from({ length: items.length }, (_, place) => items.at(place))

/** How many of a world's blocks are packed, by what a snapshot says. */
const packed = (items: PackedItems<Item>) =>
  [...items.save()].flat().map(({ items, packed }) => [packed !== undefined, items === undefined])

describe("packed items", () => {
  const act = FastCheck.record({
    does: FastCheck.constantFrom("push", "push", "still", "still", "text", "remove", "bytes", "clear"),
    many: FastCheck.integer({ min: 1, max: 700 }),
    from: FastCheck.nat(3_000),
  })

  it.prop(
    "are what a list of objects would be, whatever becomes of them",
    [FastCheck.array(act, { minLength: 5, maxLength: 30 })],
    ([acts]) => {
      let items = some(1_500, "moving")
      const model: Array<Item | undefined> = placesOf(some(1_500, "moving"))
      let made = model.length
      for (const { does, from, many } of acts) {
        const keys = model.slice(from % (model.length + 1)).flatMap((item) => (item === undefined ? [] : [item.id]))
        const change = (changed: Partial<Item>) => {
          for (const key of keys.slice(0, many)) {
            assertTrue(items.change(key, (item) => Object.assign(item, changed)))
            const place = items.placeOf(key) as number
            model[place] = { ...(model[place] as Item), ...changed }
          }
        }
        if (does === "push")
          for (let i = 0; i < many; i++, made++) {
            const item: Item = { id: `id${made}`, text: `${from}`, state: made % 3 ? "still" : "moving", at: made }
            items.push({ ...item })
            model.push(item)
          }
        else if (does === "still") change({ state: "still" })
        else if (does === "text") change({ text: `changed ${from}`, at: undefined })
        else if (does === "remove")
          for (const key of keys.slice(0, many)) {
            model[items.placeOf(key) as number] = undefined
            items.remove(key)
          }
        else if (does === "bytes") items = throughBytes(items)
        else if (many < 50) {
          items.clear()
          model.length = 0
        }
        deepStrictEqual(placesOf(items), model)
        strictEqual(items.size, model.filter((item) => item !== undefined).length)
      }
      for (const [place, item] of model.entries()) {
        strictEqual(items.value(place, "text"), item?.text)
        strictEqual(items.has(place), item !== undefined)
        if (item === undefined) continue
        deepStrictEqual(items.get(item.id), item)
        strictEqual(items.placeOf(item.id), place)
      }
      deepStrictEqual(
        [...items],
        model.flatMap((item) => (item === undefined ? [] : [[item.id, item]])),
      )
      strictEqual(
        items.change("nobody", () => undefined),
        false,
      )
      strictEqual(items.get("nobody"), undefined)
      strictEqual(items.at(model.length), undefined)
    },
    seededRuns(20),
  )

  it("are packed once a block of them is full and lies still", () => {
    const items = some(2_047, "moving")
    for (let i = 0; i < 1_023; i++) items.change(`id${i}`, still)
    deepStrictEqual(packed(items), [
      [false, false],
      [false, false],
    ])
    items.change("id1023", still)
    deepStrictEqual(packed(items), [
      [true, true],
      [false, false],
    ])
  })

  it("that change later are packed anew once they are many", () => {
    const items = some(1_024)
    const change = (i: number) => items.change(`id${i}`, retold)
    for (let i = 0; i < 255; i++) change(i)
    deepStrictEqual(packed(items), [[true, false]])
    change(255)
    deepStrictEqual(packed(items), [[true, true]])
    deepStrictEqual([items.at(255)?.text, items.at(256)?.text], ["changed", "text 256"])
  })

  it("that are all gone take no memory, and keep their places", () => {
    const items = some(1_024)
    for (let i = 0; i < 1_024; i++) items.remove(`id${i}`)
    deepStrictEqual(packed(items), [[false, true]])
    items.push({ id: "later", text: "", state: "still", at: 1 })
    for (const each of [items, throughBytes(items)])
      deepStrictEqual([each.length, each.size, each.placeOf("later"), each.at(0)], [1_025, 1, 1_024, undefined])
  })

  it("of which one comes again under its key is found as the later one", () => {
    const items = some(3)
    items.push({ id: "id1", text: "again", state: "still", at: 9 })
    for (const each of [items, throughBytes(items)]) {
      deepStrictEqual([each.length, each.size, each.get("id1")?.text], [4, 3, "again"])
      strictEqual(each.at(1)?.text, "text 1")
    }
  })
})
