declare module 'swagger-ui-dist/*' {
  /** The file's path, inside the executable too. */
  const path: string
  export default path
}
