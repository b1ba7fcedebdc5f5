// DynamoDB (SDK 3: document client and plain client; SDK 2: document client)
// rules: missing-ownership, mass-assignment
import express from 'express';
import jwt from 'jsonwebtoken';
import AWS from 'aws-sdk';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const old = new AWS.DynamoDB.DocumentClient();
const TableName = 'notes';
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
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id: req.params.id } })); // finds: missing-ownership
  res.json(Item);
});

app.get('/checked/:id', async (req: any, res) => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id: req.params.id } }));
  if (!Item || Item.userId !== req.user.sub) return res.status(404).end();
  res.json(Item);
});

app.get('/keyed/:id', async (req: any, res) => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { userId: req.user.sub, id: req.params.id } }));
  res.json(Item);
});

app.get('/single/:id', async (req: any, res) => {
  const Key = { pk: `USER#${req.user.sub}`, sk: `NOTE#${req.params.id}` };
  const found = await client.send(new GetCommand({ TableName: 'app', Key }));
  res.json(found.Item);
});

app.get('/mine', async (req: any, res) => {
  const found = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'byUser',
      KeyConditionExpression: '#u = :u',
      ExpressionAttributeNames: { '#u': 'userId' },
      ExpressionAttributeValues: { ':u': req.user.sub },
    }),
  );
  res.json(found.Items);
});

app.get('/all', async (req: any, res) => {
  const found = await client.send(new ScanCommand({ TableName })); // finds: missing-ownership
  res.json(found.Items);
});

app.get('/old/:id', async (req: any, res) => {
  const found = await old.get({ TableName, Key: { id: req.params.id } }).promise(); // finds: missing-ownership
  res.json(found.Item);
});

app.post('/notes', async (req: any, res) => {
  await client.send(new PutCommand({ TableName, Item: { id: crypto.randomUUID(), userId: req.user.sub, ...req.body } })); // finds: mass-assignment
  res.status(201).end();
});

app.put('/notes/:id', async (req: any, res) => {
  await client.send(
    new UpdateCommand({
      TableName,
      Key: { id: req.params.id },
      UpdateExpression: 'SET title = :t',
      ConditionExpression: 'userId = :u',
      ExpressionAttributeValues: { ':t': String(req.body.title), ':u': req.user.sub },
    }),
  );
  res.status(204).end();
});

app.delete('/notes/:id', async (req: any, res) => {
  await client.send(new DeleteCommand({ TableName, Key: { id: req.params.id } })); // finds: missing-ownership
  res.status(204).end();
});
