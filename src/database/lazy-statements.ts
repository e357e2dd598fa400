import { type SQLQueryBindings, Database as Sqlite, type Statement } from 'bun:sqlite'

type Prepared = Statement<unknown, SQLQueryBindings[]>

/**
 * Prepares each statement when it is first used. There are some hundred and fifty, a start uses few of
 * them, and one that changes what is counted elsewhere takes a millisecond.
 */
export class LazySqlite extends Sqlite {
  override query<Row, Params extends SQLQueryBindings | SQLQueryBindings[]>(sql: string) {
    const statement = new LazyStatement(() => super.query(sql))
    // The rest of what a statement has nobody uses.
    return statement as unknown as ReturnType<typeof Sqlite.prototype.query<Row, Params>>
  }
}

/** What the program uses of a statement. */
class LazyStatement {
  readonly #prepare: () => Prepared
  #prepared: Prepared | undefined

  constructor(prepare: () => Prepared) {
    this.#prepare = prepare
  }

  get #statement(): Prepared {
    this.#prepared ??= this.#prepare()
    return this.#prepared
  }

  get(...values: SQLQueryBindings[]) {
    return this.#statement.get(...values)
  }

  all(...values: SQLQueryBindings[]) {
    return this.#statement.all(...values)
  }

  run(...values: SQLQueryBindings[]) {
    return this.#statement.run(...values)
  }

  values(...values: SQLQueryBindings[]) {
    return this.#statement.values(...values)
  }

  iterate(...values: SQLQueryBindings[]) {
    return this.#statement.iterate(...values)
  }
}
