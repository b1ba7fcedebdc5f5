import cors from "cors";
import express from "express";
import { requireAuth } from "./middleware/auth";
import { authRouter } from "./routes/auth";
import { listsRouter } from "./routes/lists";
import { todosRouter } from "./routes/todos";
import { usersRouter } from "./routes/users";

const app = express();

app.use(cors());
app.use(express.json());

app.get("/health", (_req, res) => {
  res.json({ ok: true });
});

app.use("/api/auth", authRouter);
app.use("/api/users", usersRouter);
app.use("/api/todos", requireAuth, todosRouter);
app.use("/api/lists", requireAuth, listsRouter);

app.listen(3000, () => console.log("Todo API on http://localhost:3000"));
