import jwt from "jsonwebtoken";

export function requireUser(req, res, next) {
  try {
    req.userId = jwt.verify(req.headers.authorization ?? "", process.env.JWT_SECRET!).sub;
    next();
  } catch {
    res.status(401).end();
  }
}

export const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);
