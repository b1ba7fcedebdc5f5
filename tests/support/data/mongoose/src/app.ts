// Mongoose 7 to 9
// rules: missing-ownership, nosql-injection, mass-assignment, data-exposure
import express from 'express';
import jwt from 'jsonwebtoken';
import { Note, User } from './models';

const app = express();
app.use(express.json());

app.post('/login', async (req, res) => {
  const user = await User.findOne({ email: req.body.email }); // finds: nosql-injection
  res.json({ known: !!user });
});

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(String(req.headers.authorization), process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.get('/notes/:id', async (req: any, res) => {
  const note = await Note.findById(req.params.id); // finds: missing-ownership
  res.json(note);
});

app.get('/mine/:id', async (req: any, res) => {
  res.json(await Note.findOne({ _id: req.params.id, user: req.user.sub }).lean());
});

app.get('/checked/:id', async (req: any, res) => {
  const note = await Note.findById(req.params.id);
  if (!note || !note.user.equals(req.user.sub)) return res.status(404).end();
  res.json(note);
});

app.put('/notes/:id', async (req: any, res) => {
  const note = await Note.findOne({ _id: req.params.id, user: req.user.sub });
  if (!note) return res.status(404).end();
  note.set(req.body);
  await note.save(); // finds: mass-assignment
  res.json({ ok: true });
});

app.patch('/notes/:id', async (req: any, res) => {
  const note = await Note.findOne({ _id: req.params.id, user: req.user.sub });
  if (!note) return res.status(404).end();
  note.title = String(req.body.title);
  note.items.push({ text: String(req.body.text), done: false });
  await note.save();
  res.json(note);
});

app.get('/authors/:id', async (req: any, res) => {
  const note = await Note.findOne({ _id: req.params.id, user: req.user.sub }).populate('user');
  res.json(note); // finds: data-exposure
});
