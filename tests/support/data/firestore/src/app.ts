// Firestore (firebase-admin 11 to 13, firebase 9 to 12)
// rules: missing-ownership, mass-assignment
import express from 'express';
import jwt from 'jsonwebtoken';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';

initializeApp();
const db = getFirestore();
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
  const snap = await db.collection('notes').doc(req.params.id).get(); // finds: missing-ownership
  if (!snap.exists) return res.status(404).end();
  res.json({ id: snap.id, ...snap.data() });
});

app.get('/checked/:id', async (req: any, res) => {
  const snap = await db.collection('notes').doc(req.params.id).get();
  if (!snap.exists || snap.data()!.userId !== req.user.sub) return res.status(404).end();
  res.json(snap.data());
});

app.get('/notes', async (req: any, res) => {
  const found = await db.collection('notes').where('userId', '==', req.user.sub).limit(50).get();
  res.json(found.docs.map((doc) => ({ id: doc.id, ...doc.data() })));
});

app.get('/todos/:id', async (req: any, res) => {
  const snap = await db.collection('users').doc(req.user.sub).collection('todos').doc(req.params.id).get();
  res.json(snap.data());
});

app.get('/users/:userId/todos', async (req: any, res) => {
  const found = await db.collection(`users/${req.params.userId}/todos`).get(); // finds: missing-ownership
  res.json(found.docs.map((doc) => doc.data()));
});

app.post('/notes', async (req: any, res) => {
  const ref = await db.collection('notes').add({ title: String(req.body.title), userId: req.user.sub });
  res.status(201).json({ id: ref.id });
});

app.put('/notes/:id', async (req: any, res) => {
  const ref = db.collection('notes').doc(req.params.id);
  const snap = await ref.get();
  if (snap.data()?.userId !== req.user.sub) return res.status(404).end();
  await ref.update(req.body); // finds: mass-assignment
  res.status(204).end();
});

app.delete('/notes/:id', async (req: any, res) => {
  await db.collection('notes').doc(req.params.id).delete(); // finds: missing-ownership
  res.status(204).end();
});
