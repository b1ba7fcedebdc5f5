import { Column, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn } from "typeorm";

@Entity()
export class User {
  @PrimaryGeneratedColumn("uuid") id: string;
  @Column({ unique: true }) email: string;
  @Column() passwordHash: string;
  @Column({ default: "user" }) role: string;
  @OneToMany(() => Note, (note) => note.owner) notes: Note[];
}

@Entity()
export class Note {
  @PrimaryGeneratedColumn("uuid") id: string;
  @Column() body: string;
  @Column() ownerId: string;
  @ManyToOne(() => User, (user) => user.notes) owner: User;
}
