/** What is made when it is first asked for, and is the same ever after: for what a start would make and most runs never need. */
export const onceAsked = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
