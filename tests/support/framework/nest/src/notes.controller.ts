// NestJS 9 to 11 (controllers, guards, injected services, decorators of parameters)
// rules: missing-authentication, missing-ownership
import { Controller, Delete, Get, Param, UseGuards } from "@nestjs/common";
import { CurrentUser, JwtGuard } from "./auth";
import { NotesService } from "./notes.service";

@Controller("notes")
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  @UseGuards(JwtGuard)
  mine(@CurrentUser() user: { id: string }) {
    return this.notes.ofUser(user.id);
  }

  @Get(":id")
  @UseGuards(JwtGuard)
  one(@Param("id") id: string) {
    return this.notes.one(id); // finds: missing-ownership
  }

  @Delete(":id")
  remove(@Param("id") id: string) {
    return this.notes.remove(id); // finds: missing-authentication
  }
}
