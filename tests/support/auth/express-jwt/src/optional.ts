import { expressjwt } from 'express-jwt';

const auth = {
  optional: expressjwt({ secret: process.env.JWT_SECRET!, algorithms: ['HS256'], credentialsRequired: false }),
};

export const { optional } = auth;
