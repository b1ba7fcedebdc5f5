import { PrismaClient } from '@prisma/client';
import { auth } from '../auth';

const prisma = new PrismaClient();

export default async function Page() {
  async function wipe(formData: FormData) {
    'use server';
    const id = String(formData.get('id'));
    await prisma.note.delete({ where: { id } }); // finds: missing-authentication
  }
  async function mine() {
    'use server';
    const session = await auth();
    if (!session?.user?.id) return [];
    return prisma.note.findMany({ where: { ownerId: session.user.id } });
  }
  return <form action={wipe}><button formAction={mine}>Delete</button></form>;
}
