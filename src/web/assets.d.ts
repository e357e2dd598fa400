declare module 'swagger-ui-dist/*' {
  /** The file's path, inside the executable too. */
  const path: string
  export default path
}
declare module '*.css' {
  const text: string
  export default text
}
declare module '*-page.js' {
  const text: string
  export default text
}
declare module '*-words.js' {
  const text: string
  export default text
}
