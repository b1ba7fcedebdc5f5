// Next.js 13-16 server actions
// rules: missing-ownership, missing-authentication, missing-validation
'use server';

import { PrismaClient } from '@prisma/client';
import { z } from 'zod';
import { auth } from '../../auth';

const prisma = new PrismaClient();
const body = z.string().max(2000);

async function callerId() {
  const session = await auth();
  if (!session?.user?.id) throw new Error('Sign in first');
  return session.user.id;
}

export async function addNote(_state: unknown, formData: FormData) {
  const ownerId = await callerId();
  await prisma.note.create({ data: { ownerId, body: body.parse(formData.get('body')) } });
}

export async function renameNote(id: string, text: string) {
  const ownerId = await callerId();
  await prisma.note.updateMany({ where: { id, ownerId }, data: { body: text } }); // finds: missing-validation
}

export async function deleteNote(id: string) {
  await callerId();
  await prisma.note.delete({ where: { id } }); // finds: missing-ownership
}

export async function purgeNotes() {
  await prisma.note.deleteMany({}); // finds: missing-authentication
}
