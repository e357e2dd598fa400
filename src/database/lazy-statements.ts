import { type SQLQueryBindings, Database as Sqlite, type Statement } from 'bun:sqlite'

type Prepared = Statement<unknown, SQLQueryBindings[]>

/** Hears what SQLite's calls come to: the error of each that fails, and each change that is written. */
type Outcomes = Readonly<{ failed(error: unknown): void; written(): void }>

/**
 * A connection that prepares a statement at its first use. The program has some 150 statements and a start
 * uses few of them; preparing one that fires the triggers of the counts takes a millisecond.
 */
export class LazySqlite extends Sqlite {
  outcomes: Outcomes | undefined
  /** Whether the transaction that is open has changed anything. */
  #changed = false

  override query<Row, Params extends SQLQueryBindings | SQLQueryBindings[]>(sql: string) {
    const statement = new LazyStatement(() => super.query(sql), this)
    // The program uses no other members of a statement.
    return statement as unknown as ReturnType<typeof Sqlite.prototype.query<Row, Params>>
  }

  /** Runs `work` in one transaction that takes the write lock first. */
  together<T>(work: () => T): T {
    this.#changed = false
    try {
      const result = this.transaction(work).immediate()
      if (this.#changed) this.outcomes?.written()
      return result
    } catch (error) {
      this.outcomes?.failed(error)
      throw error
    }
  }

  /** Takes note that a statement has changed rows. */
  noteChange(): void {
    if (this.inTransaction) this.#changed = true
    else this.outcomes?.written()
  }
}

/** The members of a statement that the program uses. */
class LazyStatement {
  readonly #prepare: () => Prepared
  readonly #sqlite: LazySqlite
  #prepared: Prepared | undefined

  constructor(prepare: () => Prepared, sqlite: LazySqlite) {
    this.#prepare = prepare
    this.#sqlite = sqlite
  }

  get #statement(): Prepared {
    this.#prepared ??= this.#prepare()
    return this.#prepared
  }

  get(...values: SQLQueryBindings[]) {
    try {
      return this.#statement.get(...values)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  all(...values: SQLQueryBindings[]) {
    try {
      return this.#statement.all(...values)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  run(...values: SQLQueryBindings[]) {
    try {
      const changes = this.#statement.run(...values)
      if (changes.changes > 0) this.#sqlite.noteChange()
      return changes
    } catch (error) {
      throw this.#failed(error)
    }
  }

  values(...values: SQLQueryBindings[]) {
    try {
      return this.#statement.values(...values)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  iterate(...values: SQLQueryBindings[]) {
    return this.#statement.iterate(...values)
  }

  #failed(error: unknown): unknown {
    this.#sqlite.outcomes?.failed(error)
    return error
  }
}
