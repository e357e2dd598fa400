import { afterAll } from 'bun:test'
import { end } from './end'

afterAll(end)
