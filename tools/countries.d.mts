export const lateCountries: (json: string) => string
