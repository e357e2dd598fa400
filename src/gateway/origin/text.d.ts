declare module '*-farewell.js' {
  const text: string
  export default text
}
