/** Whether the user wants no colour. https://no-color.org: any value of NO_COLOR that is not empty. */
export const noColour = (): boolean => (process.env.NO_COLOR ?? "") !== "" || dumbTerminal()

/** Whether the terminal knows no way to go back and write anew. */
export const dumbTerminal = (): boolean => process.env.TERM === "dumb"
