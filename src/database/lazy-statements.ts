import { type SQLQueryBindings, Database as Sqlite, type Statement } from 'bun:sqlite'

type Prepared = Statement<unknown, SQLQueryBindings[]>

/**
 * A connection that prepares a statement at its first use. The program has some 150 statements and a start
 * uses few of them; preparing one that fires the triggers of the counts takes a millisecond.
 */
export class LazySqlite extends Sqlite {
  override query<Row, Params extends SQLQueryBindings | SQLQueryBindings[]>(sql: string) {
    const statement = new LazyStatement(() => super.query(sql))
    // The program uses no other members of a statement.
    return statement as unknown as ReturnType<typeof Sqlite.prototype.query<Row, Params>>
  }
}

/** The members of a statement that the program uses. */
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
