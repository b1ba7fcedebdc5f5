//! Small apps with something to find, for edits.

/// Where they lie.
pub const ROOT: &str = "/app";

/// An app.
pub struct Project {
    /// What it is.
    pub name: &'static str,
    /// Paths below [`ROOT`], and their texts.
    pub files: &'static [(&'static str, &'static str)],
    /// Which of them are open in the editor.
    pub open: &'static [&'static str],
}

/// All of them.
pub const PROJECTS: &[Project] = &[EXPRESS, NEXT, WINDOWS];

const SCHEMA: &str = "\
datasource db { provider = \"postgresql\" url = env(\"DATABASE_URL\") }
generator client { provider = \"prisma-client-js\" }

model User {
  id           String @id @default(cuid())
  email        String @unique
  passwordHash String
  role         String @default(\"user\")
  todos        Todo[]
}

model Todo {
  id     String  @id @default(cuid())
  title  String
  done   Boolean @default(false)
  userId String
  user   User    @relation(fields: [userId], references: [id])
}
";

const PRISMA: &str = "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n";

const EXPRESS: Project = Project {
    name: "Express and Prisma, with the middleware in another file",
    files: &[
        (
            "package.json",
            r#"{"type":"module","dependencies":{"express":"^5.0.0","@prisma/client":"^6.0.0","jsonwebtoken":"^9.0.0"}}"#,
        ),
        ("prisma/schema.prisma", SCHEMA),
        ("src/prisma.ts", PRISMA),
        (
            "src/auth.ts",
            "\
import jwt from 'jsonwebtoken';

export function requireAuth(req: any, res: any, next: any) {
  const token = req.headers.authorization?.replace('Bearer ', '');
  if (!token) return res.status(401).json({ error: 'Not signed in' });
  try {
    const payload = jwt.verify(token, process.env.JWT_SECRET!) as { userId: string };
    req.userId = payload.userId;
    next();
  } catch {
    return res.status(401).json({ error: 'Not signed in' });
  }
}
",
        ),
        (
            "src/todos.ts",
            "\
import { Router } from 'express';
import { prisma } from './prisma';
import { requireAuth } from './auth';

export const todos = Router();
todos.use(requireAuth);

// Größe 😀 of the list
todos.get('/', async (req: any, res) => {
  const rows = await prisma.todo.findMany({ where: { userId: req.userId }, take: 50 });
  res.json(rows);
});

todos.get('/:id', async (req: any, res) => {
  const todo = await prisma.todo.findUnique({ where: { id: req.params.id } });
  if (!todo) return res.status(404).end();
  res.json(todo);
});

todos.delete('/:id', async (req: any, res) => {
  const todo = await prisma.todo.findUnique({ where: { id: req.params.id } });
  if (!todo || todo.userId !== req.userId) return res.status(404).end();
  await prisma.todo.delete({ where: { id: todo.id } });
  res.status(204).end();
});
",
        ),
        (
            "src/index.ts",
            "\
import express from 'express';
import { todos } from './todos';
import { prisma } from './prisma';

const app = express();
app.use(express.json());
app.use('/todos', todos);
app.post('/users', async (req, res) => {
  res.json(await prisma.user.create({ data: req.body }));
});
app.listen(3000);
",
        ),
    ],
    open: &["src/todos.ts", "src/auth.ts"],
};

const NEXT: Project = Project {
    name: "Next App Router with a wrapper",
    files: &[
        ("package.json", r#"{"dependencies":{"next":"15.0.0","next-auth":"4.24.0","@prisma/client":"6.0.0"}}"#),
        ("tsconfig.json", r#"{"compilerOptions":{"paths":{"@/*":["./*"]}}}"#),
        ("prisma/schema.prisma", SCHEMA),
        ("lib/prisma.ts", PRISMA),
        (
            "lib/with-user.ts",
            "\
import { getServerSession } from 'next-auth';
import { NextResponse } from 'next/server';

type Handler = (input: { req: Request; params: any; userId: string }) => Promise<Response>;

export const withUser = (handler: Handler) => async (req: Request, { params }: { params: Promise<any> }) => {
  const session = await getServerSession();
  if (!session?.user) {
    return NextResponse.json({ error: 'Unauthorized' }, { status: 401 });
  }
  return handler({ req, params: await params, userId: session.user.id });
};
",
        ),
        (
            "app/api/todos/[id]/route.ts",
            "\
import { NextResponse } from 'next/server';
import { prisma } from '@/lib/prisma';
import { withUser } from '@/lib/with-user';

export const GET = withUser(async ({ params, userId }) => {
  const todo = await prisma.todo.findFirst({ where: { id: params.id, userId } });
  return NextResponse.json(todo);
});

export const PATCH = withUser(async ({ req, params }) => {
  const body = await req.json();
  const todo = await prisma.todo.update({ where: { id: params.id }, data: body });
  return NextResponse.json(todo);
});

export async function DELETE(req: Request, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await prisma.todo.delete({ where: { id } });
  return new NextResponse(null, { status: 204 });
}
",
        ),
    ],
    open: &["lib/with-user.ts", "app/api/todos/[id]/route.ts"],
};

const WINDOWS: Project = Project {
    name: "Express with the check in a helper, all in CRLF",
    files: &[
        ("package.json", r#"{"dependencies":{"express":"5.0.0","@prisma/client":"6.0.0","jsonwebtoken":"9.0.0"}}"#),
        ("prisma/schema.prisma", SCHEMA),
        ("src/prisma.ts", PRISMA),
        (
            "src/app.ts",
            "\
import express from 'express';\r
import jwt from 'jsonwebtoken';\r
import { prisma } from './prisma';\r
import { owned } from './owned';\r
\r
const app = express();\r
app.use('/todos', (req: any, res, next) => {\r
  const token = jwt.verify(req.headers.authorization ?? '', process.env.JWT_SECRET!) as any;\r
  req.user = { id: token.sub };\r
  next();\r
});\r
app.get('/todos/:id', async (req: any, res) => res.json(await owned(req.params.id, req.user.id)));\r
app.put('/todos/:id', async (req: any, res) => {\r
  const { title } = req.body;\r
  res.json(await prisma.todo.update({ where: { id: req.params.id }, data: { title: String(title) } }));\r
});\r
export default app;\r
",
        ),
        (
            "src/owned.ts",
            "\
import { prisma } from './prisma';

export async function owned(id: string, userId: string) {
  const todo = await prisma.todo.findUnique({ where: { id } });
  if (todo?.userId !== userId) throw new Error('not found');
  return todo;
}
",
        ),
    ],
    open: &["src/app.ts"],
};
