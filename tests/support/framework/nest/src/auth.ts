import { CanActivate, createParamDecorator, ExecutionContext, Injectable, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";

@Injectable()
export class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    try {
      const claims = jwt.verify(request.headers.authorization, process.env.JWT_SECRET!) as { sub: string };
      request.user = { id: claims.sub };
      return true;
    } catch {
      throw new UnauthorizedException();
    }
  }
}

export const CurrentUser = createParamDecorator((_data, context: ExecutionContext) => context.switchToHttp().getRequest().user);
