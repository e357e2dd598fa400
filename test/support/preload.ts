import { afterAll } from 'bun:test'
import { end } from './end'

afterAll(end)

// The runner of the lanes stops a file like this; what it has mounted and started goes with it.
process.on('SIGTERM', () => {
  end()
  process.exit(143)
})
