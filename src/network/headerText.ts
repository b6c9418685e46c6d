/* What headers are made of. Source: RFC 9110, 5.5 and 5.6.2. */

/** Names of headers, and methods. */
export const isToken = (text: string): boolean => token.test(text)
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Values: no control character but the tab. */
export const isValue = (text: string): boolean => value.test(text)
const value = /^[\t\x20-\x7e\x80-\xff]*$/
