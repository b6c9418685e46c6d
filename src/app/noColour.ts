/** Whether the user wants no colour. https://no-color.org: any value of NO_COLOR that is not empty. */
export const noColour = (): boolean => (process.env.NO_COLOR ?? "") !== "" || process.env.TERM === "dumb"
