//! Marks of frameworks and schemas in the bytes of a file: which files are worth parsing, in one pass over their bytes.
//!
//! A mark may lie in a comment or a string; that costs a parse and nothing else.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// A text that makes a file worth reading, and why.
struct Mark {
    /// The framework's or data layer's id.
    owner: &'static str,
    text: Text,
}

enum Text {
    /// A module in quotes, and all below it: `"hono"`, `'hono/jwt'`, `npm:hono@4`.
    Module(&'static str),
    /// These very bytes.
    Bytes(&'static str),
}

const fn module(owner: &'static str, name: &'static str) -> Mark {
    Mark { owner, text: Text::Module(name) }
}

const fn bytes(owner: &'static str, text: &'static str) -> Mark {
    Mark { owner, text: Text::Bytes(text) }
}

/// Files with one of these are where the analysis starts.
const ROOTS: &[Mark] = &[
    module("express", "express"),
    bytes("express", "express.Router("),
    module("fastify", "fastify"),
    module("fastify", "fastify-plugin"),
    bytes("fastify", "FastifyInstance"),
    bytes("fastify", "FastifyPlugin"),
    // The file that starts an app which another one makes.
    bytes("fastify", ".listen({"),
    // A plugin that autoload finds need not import anything.
    bytes("fastify", "(fastify"),
    module("hono", "hono"),
    module("hono", "@hono/hono"),
    module("hono", "@hono/zod-openapi"),
    module("koa", "koa"),
    module("koa", "koa-router"),
    module("koa", "@koa/router"),
    module("nest", "@nestjs/common"),
    module("nest", "@nestjs/core"),
    module("nest", "@nestjs/graphql"),
    module("trpc", "@trpc/server"),
    bytes("trpc", "initTRPC"),
    bytes("trpc", "createTRPCRouter"),
    bytes("trpc", "publicProcedure"),
    bytes("trpc", "protectedProcedure"),
    bytes("next", "'use server'"),
    bytes("next", "\"use server\""),
    module("next", "next/server"),
    bytes("next", "NextApiRequest"),
    bytes("next", "NextApiHandler"),
    bytes("next", "getServerSideProps"),
    module("sveltekit", "@sveltejs/kit"),
    module("remix", "@remix-run/node"),
    module("remix", "@remix-run/cloudflare"),
    module("remix", "@remix-run/server-runtime"),
    bytes("remix", "LoaderFunction"),
    bytes("remix", "ActionFunction"),
    bytes("remix", "Route.LoaderArgs"),
    bytes("remix", "Route.ActionArgs"),
    module("h3", "h3"),
    bytes("h3", "defineEventHandler"),
    bytes("h3", "eventHandler("),
    bytes("h3", "defineHandler("),
    module("astro", "astro:actions"),
    module("astro", "astro:middleware"),
    bytes("astro", "APIRoute"),
    bytes("astro", "export const prerender"),
    module("elysia", "elysia"),
    bytes("deno", "Deno.serve"),
    bytes("bun", "Bun.serve"),
    bytes("node", "http.createServer("),
    bytes("workers", "ExportedHandler"),
    bytes("workers", "PagesFunction"),
    bytes("workers", "async fetch("),
    bytes("workers", "fetch(request"),
    bytes("workers", "onRequest"),
    module("workers", "cloudflare:workers"),
    module("workers", "itty-router"),
    module("lambda", "aws-lambda"),
    bytes("lambda", "APIGatewayProxy"),
    bytes("lambda", "middy("),
    bytes("lambda", "exports.handler"),
    bytes("lambda", "export const handler"),
    bytes("lambda", "export async function handler"),
    module("firebase", "firebase-functions"),
    bytes("firebase", "onCall("),
    module("orpc", "@orpc/server"),
    module("adonis", "@adonisjs/core"),
    module("tanstack", "@tanstack/react-start"),
    bytes("tanstack", "createServerFn"),
    bytes("tanstack", "createServerFileRoute"),
    bytes("tanstack", "createAPIFileRoute"),
    module("graphql", "@apollo/server"),
    module("graphql", "apollo-server"),
    module("graphql", "apollo-server-express"),
    module("graphql", "graphql-yoga"),
    module("graphql", "type-graphql"),
    bytes("graphql", "makeExecutableSchema"),
    bytes("graphql", "builder.prismaObject"),
    // Handlers that a file router calls by the name of their method.
    bytes("file-route", "export async function GET"),
    bytes("file-route", "export async function POST"),
    bytes("file-route", "export async function PUT"),
    bytes("file-route", "export async function PATCH"),
    bytes("file-route", "export async function DELETE"),
    bytes("file-route", "export function GET"),
    bytes("file-route", "export function POST"),
    bytes("file-route", "export const GET"),
    bytes("file-route", "export const POST"),
    bytes("file-route", "export const PUT"),
    bytes("file-route", "export const PATCH"),
    bytes("file-route", "export const DELETE"),
    // Entities in code: the owner of a row may be known only from a table that no route imports.
    module("drizzle", "drizzle-orm/pg-core"),
    module("drizzle", "drizzle-orm/mysql-core"),
    module("drizzle", "drizzle-orm/sqlite-core"),
    bytes("mongoose", "mongoose.model"),
    bytes("mongoose", "mongoose.Schema"),
    bytes("mongoose", "new Schema("),
    bytes("mongoose", "new Schema<"),
    module("typeorm", "typeorm"),
    module("mikro-orm", "@mikro-orm/core"),
    module("sequelize", "sequelize"),
    module("sequelize", "sequelize-typescript"),
    bytes("kysely", "Generated<"),
    bytes("knex", "knex.schema"),
    bytes("knex", "schema.createTable"),
];

/// The bytes that the output of `supabase gen types` holds, all of them.
const SUPABASE_TYPES: [&str; 3] = ["export type Database = {", "Row: {", "Insert: {"];

/// What a file is worth reading for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Ids of the frameworks and data layers whose marks it holds, sorted.
    pub owners: Vec<&'static str>,
    /// It is the output of `supabase gen types`.
    pub supabase_types: bool,
    /// It says `"use client"` in its first bytes.
    pub client: bool,
    /// It holds the word `async`.
    pub is_async: bool,
}

struct Searcher {
    automaton: AhoCorasick,
    /// What each pattern stands for.
    meanings: Vec<Meaning>,
    /// The longest pattern, in bytes.
    longest: usize,
}

#[derive(Clone, Copy)]
enum Meaning {
    Owner(&'static str),
    Supabase(usize),
    Client,
    Async,
}

/// `"use client"` counts only before the code: behind licence comments at most.
const HEAD_BYTES: usize = 2048;

static SEARCHER: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let mut patterns: Vec<String> = Vec::new();
    let mut meanings = Vec::new();
    let mut add = |pattern: String, meaning| {
        patterns.push(pattern);
        meanings.push(meaning);
    };
    for Mark { owner, text } in ROOTS {
        match text {
            Text::Bytes(text) => add((*text).to_owned(), Meaning::Owner(owner)),
            Text::Module(name) => {
                for head in ["'", "\"", "npm:", "jsr:", "esm.sh/"] {
                    let tails: &[&str] = if head.len() == 1 { &[head, "/"] } else { &["@", "/", "'", "\""] };
                    tails.iter().for_each(|tail| add(format!("{head}{name}{tail}"), Meaning::Owner(owner)));
                }
            }
        }
    }
    SUPABASE_TYPES.iter().enumerate().for_each(|(index, text)| add((*text).to_owned(), Meaning::Supabase(index)));
    ["'use client'", "\"use client\""].iter().for_each(|it| add((*it).to_owned(), Meaning::Client));
    add("async".to_owned(), Meaning::Async);
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).ok()?;
    let longest = patterns.iter().map(String::len).max().unwrap_or_default();
    Some(Searcher { automaton, meanings, longest })
});

/// Looks for all marks in one pass.
pub fn find(text: &[u8]) -> Marks {
    let mut marks = Marks::default();
    let mut supabase = [false; SUPABASE_TYPES.len()];
    let Some(searcher) = &*SEARCHER else { return marks };
    for found in searcher.automaton.find_overlapping_iter(text) {
        match searcher.meanings.get(found.pattern().as_usize()) {
            Some(Meaning::Owner(owner)) if !marks.owners.contains(owner) => marks.owners.push(owner),
            Some(Meaning::Supabase(index)) => supabase[*index] = true,
            Some(Meaning::Client) => marks.client |= found.start() < HEAD_BYTES,
            Some(Meaning::Async) => marks.is_async = true,
            Some(Meaning::Owner(_)) | None => {}
        }
    }
    marks.owners.sort_unstable();
    marks.supabase_types = supabase.iter().all(|it| *it);
    marks
}

/// The marks of `after`, an edit of the text `before` that has the marks `old`. Only what is around the edit is searched, unless
/// a mark came or went there.
pub fn find_again(old: &Marks, before: &[u8], after: &[u8]) -> Marks {
    let Some(searcher) = &*SEARCHER else { return Marks::default() };
    let shorter = before.len().min(after.len());
    let same = |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take_while(|(one, other)| one == other).count();
    let head = same(&mut before.iter().zip(after));
    let tail = same(&mut before.iter().rev().zip(after.iter().rev())).min(shorter - head);
    let touched = |text: &[u8]| {
        let (from, to) = (head.saturating_sub(searcher.longest), (text.len() - tail + searcher.longest).min(text.len()));
        let mut found = text.get(from..to).into_iter().flat_map(|part| searcher.automaton.find_overlapping_iter(part));
        found.any(|it| it.start() + from < text.len() - tail && it.end() + from > head)
    };
    // `"use client"` counts by its distance from the beginning.
    if head < HEAD_BYTES || touched(before) || touched(after) { find(after) } else { old.clone() }
}

#[cfg(test)]
mod tests {
    use super::{find, find_again};

    #[test]
    fn an_edit_leads_to_what_the_whole_text_says() {
        let filler = "const x = 1;\n".repeat(200);
        let texts = [
            "import a from 'hono'",
            "import a from 'hon'",
            "import a from 'honoo'",
            "",
            "async",
            "asyn",
            "axsync",
            "Deno.serve",
            "Den",
        ];
        for one in texts {
            for other in texts {
                let (before, after) = (format!("{filler}{one}\n{filler}"), format!("{filler}{other}\n{filler}"));
                let again = find_again(&find(before.as_bytes()), before.as_bytes(), after.as_bytes());
                assert_eq!(again, find(after.as_bytes()), "{one} -> {other}");
            }
        }
    }

    #[test]
    fn modules_are_found_in_every_form_of_import() {
        for text in [
            "import express from 'express'",
            "const e = require(\"express\")",
            "import { Hono } from 'npm:hono@4'",
            "import { cors } from \"hono/cors\"",
            "import { Hono } from 'jsr:@hono/hono'",
            "module.exports = async function (fastify, opts) {}",
            "'use server'\nexport async function x() {}",
            "export const POST = withAuth(x)",
        ] {
            assert!(!find(text.as_bytes()).owners.is_empty(), "{text}");
        }
    }

    #[test]
    fn front_end_code_has_none() {
        let text = "'use client'\nimport { useState } from 'react'\nimport Link from 'next/link'\nexport default function A() { return <b>express</b> }";
        let marks = find(text.as_bytes());
        assert!(marks.owners.is_empty() && marks.client, "{marks:?}");
    }

    #[test]
    fn generated_types_are_known_by_their_bytes() {
        let text = "export type Database = {\n public: { Tables: { a: { Row: { id: string } Insert: { id?: string } } } } }";
        assert!(find(text.as_bytes()).supabase_types);
        assert!(!find(b"export type Database = { a: 1 }").supabase_types);
    }
}
