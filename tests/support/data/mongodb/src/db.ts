import { MongoClient, type Db } from 'mongodb';

const client = new MongoClient(process.env.MONGO_URL!);
let db: Db;

export async function connect() {
  await client.connect();
  db = client.db('notes');
}

export const getDb = () => db;
