/** The icon of the pages: a message's bubble, with a dot when something is in trouble. SVG. */
export const favicon = (trouble: boolean): string =>
  [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
    '<path fill="#1d4ed8" d="M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H15l-8 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"/>',
    '<g fill="#fff"><circle cx="10" cy="14" r="2"/><circle cx="16" cy="14" r="2"/><circle cx="22" cy="14" r="2"/></g>',
    ...(trouble ? ['<circle cx="25" cy="7" r="6.5" fill="#dc2626" stroke="#fff" stroke-width="2"/>'] : []),
    "</svg>",
  ].join("")
