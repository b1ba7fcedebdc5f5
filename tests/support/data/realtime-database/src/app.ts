// Firebase Realtime Database (firebase-admin 11 to 13)
// rules: missing-ownership
import express from 'express';
import jwt from 'jsonwebtoken';
import admin from 'firebase-admin';

admin.initializeApp();
const db = admin.database();
const app = express();
app.use(express.json());
app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(String(req.headers.authorization), process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.get('/notes/:id', async (req: any, res) => {
  const snap = await db.ref(`notes/${req.params.id}`).once('value'); // finds: missing-ownership
  res.json(snap.val());
});

app.get('/checked/:id', async (req: any, res) => {
  const snap = await db.ref('notes').child(req.params.id).once('value');
  const note = snap.val();
  if (!note || note.userId !== req.user.sub) return res.status(404).end();
  res.json(note);
});

app.get('/todos/:id', async (req: any, res) => {
  const snap = await db.ref('users/' + req.user.sub + '/todos/' + req.params.id).get();
  res.json(snap.val());
});

app.post('/notes', async (req: any, res) => {
  const ref = db.ref('notes').push();
  await ref.set({ title: String(req.body.title), userId: req.user.sub });
  res.status(201).json({ id: ref.key });
});

app.delete('/notes/:id', async (req: any, res) => {
  await db.ref('notes/' + req.params.id).remove(); // finds: missing-ownership
  res.status(204).end();
});
