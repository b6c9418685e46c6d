import { isHeldOut, judge, labelled } from "./set.ts"

/* How often the language of a text is told right: `npm run language`; with --wrong the mistakes among the texts that were looked at. */
const percent = (basisPoints: number) => `${(basisPoints / 100).toFixed(1)} %`
const line = (name: string, texts: typeof labelled) => {
  const { accuracy, mistaken, right, texts: all } = judge(texts)
  const told = [...mistaken].map(([what, times]) => `${what} ${times}`).join(", ")
  process.stdout.write(
    `${name.padEnd(20)} ${String(right).padStart(4)} of ${String(all).padStart(4)}  ${percent(accuracy)}  ${told}\n`,
  )
}
const seen = labelled.filter((text) => !isHeldOut(text))
const heldOut = labelled.filter(isHeldOut)
line("looked at", seen)
line("held out", heldOut)
for (const language of ["en", "es", "pt", "unknown"])
  line(
    `  held out, ${language}`,
    heldOut.filter((text) => text.language === language),
  )
if (process.argv.includes("--wrong"))
  for (const { confidence, found, language, text } of judge(seen).wrong)
    process.stdout.write(`${language} > ${found} (${confidence})  ${text}\n`)
