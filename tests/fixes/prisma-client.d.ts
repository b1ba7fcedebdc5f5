// The part of the generated Prisma client that the example uses, with the shapes that `prisma generate` gives for its schema.
declare module "@prisma/client" {
  type Text = string | { equals?: string; in?: string[]; contains?: string; not?: string };
  interface User { id: string; email: string; name: string; passwordHash: string; role: string; credits: number; createdAt: Date }
  interface List { id: string; name: string; ownerId: string }
  interface Todo { id: string; title: string; done: boolean; userId: string; listId: string | null; createdAt: Date }
  type Many<W> = { some?: W; every?: W; none?: W };
  interface UserWhere { id?: Text; email?: Text; role?: Text; lists?: Many<ListWhere>; todos?: Many<TodoWhere>; AND?: UserWhere[]; OR?: UserWhere[] }
  interface ListWhere { id?: Text; name?: Text; ownerId?: Text; owner?: UserWhere; todos?: Many<TodoWhere>; AND?: ListWhere[]; OR?: ListWhere[] }
  interface TodoWhere { id?: Text; title?: Text; done?: boolean; userId?: Text; listId?: Text | null; user?: UserWhere; list?: ListWhere | null; AND?: TodoWhere[]; OR?: TodoWhere[] }
  type Select<T> = { [K in keyof T]?: boolean };
  type Picked<T, S> = S extends object ? { [K in keyof S & keyof T as S[K] extends true ? K : never]: T[K] } : T;
  interface Delegate<T, W, C> {
    findUnique<S extends Select<T> | undefined = undefined>(args: { where: W; select?: S }): Promise<Picked<T, S> | null>;
    findFirst<S extends Select<T> | undefined = undefined>(args?: { where?: W; select?: S; orderBy?: unknown }): Promise<Picked<T, S> | null>;
    findMany<S extends Select<T> | undefined = undefined>(args?: { where?: W; select?: S; orderBy?: unknown; take?: number; skip?: number }): Promise<Picked<T, S>[]>;
    create<S extends Select<T> | undefined = undefined>(args: { data: C; select?: S }): Promise<Picked<T, S>>;
    update<S extends Select<T> | undefined = undefined>(args: { where: W; data: Partial<C>; select?: S }): Promise<Picked<T, S>>;
    updateMany(args: { where?: W; data: Partial<C> }): Promise<{ count: number }>;
    delete<S extends Select<T> | undefined = undefined>(args: { where: W; select?: S }): Promise<Picked<T, S>>;
    deleteMany(args?: { where?: W }): Promise<{ count: number }>;
  }
  type Create<T, Optional extends keyof T> = Omit<T, Optional> & Partial<Pick<T, Optional>>;
  export class PrismaClient {
    user: Delegate<User, UserWhere, Create<User, "id" | "role" | "credits" | "createdAt">>;
    list: Delegate<List, ListWhere, Create<List, "id">>;
    todo: Delegate<Todo, TodoWhere, Create<Todo, "id" | "done" | "listId" | "createdAt">>;
  }
}
