import mongoose, { Schema } from 'mongoose';

const userSchema = new Schema({
  email: { type: String, required: true },
  password: { type: String, required: true },
  role: { type: String, default: 'user' },
});
userSchema.pre('save', async function (next) {
  next();
});

const noteSchema = new Schema(
  {
    title: { type: String, required: true },
    body: String,
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    items: [{ text: String, done: Boolean }],
  },
  { timestamps: true },
);

export const User = mongoose.model('User', userSchema);
export const Note = mongoose.model('Note', noteSchema);
