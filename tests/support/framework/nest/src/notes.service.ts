import { Injectable } from "@nestjs/common";
import { PrismaService } from "./prisma.service";

@Injectable()
export class NotesService {
  constructor(private readonly prisma: PrismaService) {}

  ofUser(ownerId: string) {
    return this.prisma.note.findMany({ where: { ownerId }, take: 50 });
  }

  one(id: string) {
    return this.prisma.note.findUnique({ where: { id } });
  }

  remove(id: string) {
    return this.prisma.note.delete({ where: { id } });
  }
}
