// MongoDB driver 6 and 7 (also the callbacks of 2 to 4)
// rules: missing-ownership, nosql-injection, mass-assignment
import express from 'express';
import jwt from 'jsonwebtoken';
import { MongoClient, ObjectId } from 'mongodb';
import { getDb } from './db';

const app = express();
const notes = new MongoClient(process.env.MONGO_URL!).db().collection('notes');
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
  res.json(await notes.findOne({ _id: new ObjectId(req.params.id) })); // finds: missing-ownership
});

app.get('/mine/:id', async (req: any, res) => {
  res.json(await notes.findOne({ _id: new ObjectId(req.params.id), userId: req.user.sub }));
});

app.get('/checked/:id', async (req: any, res) => {
  const note = await getDb().collection('notes').findOne({ _id: new ObjectId(req.params.id) });
  if (!note || note.userId !== req.user.sub) return res.status(404).end();
  res.json(note);
});

app.post('/notes', async (req: any, res) => {
  const { insertedId } = await notes.insertOne({ title: String(req.body.title), userId: req.user.sub });
  res.status(201).json({ id: insertedId });
});

app.put('/notes/:id', async (req: any, res) => {
  // finds-next: mass-assignment
  await notes.updateOne({ _id: new ObjectId(req.params.id), userId: req.user.sub }, { $set: req.body });
  res.status(204).end();
});

app.delete('/notes/:id', async (req: any, res) => {
  const { deletedCount } = await getDb().collection('notes').deleteOne({ _id: new ObjectId(req.params.id) }); // finds: missing-ownership
  res.status(deletedCount ? 204 : 404).end();
});

app.get('/search', async (req: any, res) => {
  const found = await notes.find({ userId: req.user.sub, tag: req.query.tag }).limit(50).toArray(); // finds: nosql-injection
  res.json(found);
});

app.get('/tags', async (req: any, res) => {
  res.json(await notes.find({ userId: req.user.sub, tag: String(req.query.tag) }).limit(50).toArray());
});
