// Express 4, 5 (mounted routers, order of `use`, error handlers, wrappers)
// rules: missing-authentication, missing-ownership, error-leak
import express from "express";
import { requireUser } from "./auth";
import { notes, own } from "./notes";

const app = express();
app.use(express.json());
app.use("/public", notes);
app.use("/api", requireUser);
app.use("/api/notes", notes);
app.use("/api/own", own);
app.use((error, _req, res, _next) => {
  res.status(500).json({ error: error.message }); // finds: error-leak
});
app.listen(3000);
