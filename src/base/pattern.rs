//! Patterns of paths: a small matcher for regular expressions, and path-to-regexp 6 on top of it.
//!
//! Own code, because the patterns of middlewares live on look-aheads (`/((?!api|_next).*)`), which the usual crates leave out.

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Ways);

/// Alternatives, each a sequence.
type Ways = Vec<Vec<Node>>;

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Char(char),
    Any,
    Set { negated: bool, ranges: Vec<(char, char)> },
    Start,
    End,
    Group(Ways),
    Repeat { node: Box<Node>, least: u32, most: u32 },
    Ahead { negated: bool, ways: Ways },
}

/// Patterns nest no deeper than this.
const MOST_NESTING: u32 = 32;
/// A match that takes more steps than this is not decided.
const MOST_STEPS: u32 = 20_000;
/// Longer texts are not looked at: each character may take a level of the stack.
const MOST_TEXT: usize = 512;

impl Pattern {
    /// A pattern in the language of path-to-regexp 6 (`/api/:path*`, `/((?!_next).*)`), anchored on both ends; a slash may
    /// follow. `None` where it is not understood.
    pub fn path(source: &str) -> Option<Self> {
        let mut reader = Reader { chars: source.chars().collect(), at: 0, depth: 0 };
        let mut nodes = vec![Node::Start];
        while let Some(next) = reader.peek() {
            match next {
                '\\' => {
                    reader.at += 1;
                    nodes.push(Node::Char(reader.take()?));
                }
                '{' => nodes.push(reader.braces()?),
                ':' | '(' => {
                    // The slash or dot before a parameter belongs to it and goes with it.
                    let prefix = match nodes.last() {
                        Some(Node::Char(it @ ('/' | '.'))) => Some(*it),
                        _ => None,
                    };
                    if prefix.is_some() {
                        nodes.pop();
                    }
                    let inner = reader.parameter()?;
                    let prefix = prefix.map(Node::Char).into_iter().collect();
                    nodes.push(reader.repeated(prefix, Some(inner), Vec::new()));
                }
                '*' | '+' | '?' | '}' | ')' => return None,
                other => {
                    reader.at += 1;
                    nodes.push(Node::Char(other));
                }
            }
        }
        nodes.push(Node::Repeat { node: Box::new(Node::Char('/')), least: 0, most: 1 });
        nodes.push(Node::End);
        Some(Pattern(vec![nodes]))
    }

    /// A regular expression without flags. `None` where it is not understood.
    pub fn regex(source: &str) -> Option<Self> {
        let mut reader = Reader { chars: source.chars().collect(), at: 0, depth: 0 };
        let ways = reader.ways()?;
        (reader.at == reader.chars.len()).then_some(Pattern(ways))
    }

    /// Whether it matches somewhere in `text`; `None` where that takes too long.
    pub fn matches(&self, text: &str) -> Option<bool> {
        let text: Vec<char> = text.chars().collect();
        if text.len() > MOST_TEXT {
            return None;
        }
        let mut run = Run { text: &text, steps: 0 };
        for start in 0..=text.len() {
            let matched = run.ways(&self.0, start, &mut |_, _| true);
            // A run that was broken off says nothing, and behind a negated look-ahead it says the opposite.
            if run.steps > MOST_STEPS {
                return None;
            }
            if matched {
                return Some(true);
            }
        }
        Some(false)
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: u32,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn eat(&mut self, text: &str) -> bool {
        let there = text.chars().enumerate().all(|(index, it)| self.chars.get(self.at + index) == Some(&it));
        if there {
            self.at += text.chars().count();
        }
        there
    }

    /// `:name`, `:name(regex)`, `(regex)`
    fn parameter(&mut self) -> Option<Node> {
        if self.eat(":") {
            let start = self.at;
            while self.peek().is_some_and(|it| it.is_ascii_alphanumeric() || it == '_') {
                self.at += 1;
            }
            if self.at == start {
                return None;
            }
        }
        if self.peek() != Some('(') {
            let segment = Node::Set { negated: true, ranges: vec![('/', '/'), ('#', '#'), ('?', '?')] };
            return Some(Node::Repeat { node: Box::new(segment), least: 1, most: u32::MAX });
        }
        self.at += 1;
        if self.peek() == Some('?') {
            return None;
        }
        let ways = self.ways()?;
        self.eat(")").then_some(Node::Group(ways))
    }

    /// `{prefix:name(regex)suffix}` and what follows it
    fn braces(&mut self) -> Option<Node> {
        self.at += 1;
        let mut sides = [Vec::new(), Vec::new()];
        let mut inner = None;
        loop {
            let side = usize::from(inner.is_some());
            match self.peek()? {
                '}' => break,
                ':' | '(' if inner.is_none() => inner = Some(self.parameter()?),
                '{' | ':' | '(' | ')' | '*' | '+' | '?' => return None,
                '\\' => {
                    self.at += 1;
                    sides[side].push(Node::Char(self.take()?));
                }
                other => {
                    self.at += 1;
                    sides[side].push(Node::Char(other));
                }
            }
        }
        self.at += 1;
        let [prefix, suffix] = sides;
        Some(self.repeated(prefix, inner, suffix))
    }

    /// A parameter with the modifier that follows it: repeats have its prefix and suffix between them.
    fn repeated(&mut self, prefix: Vec<Node>, inner: Option<Node>, suffix: Vec<Node>) -> Node {
        let mut once = prefix;
        once.extend(inner);
        once.extend(suffix);
        let once = Node::Group(vec![once]);
        let (least, most) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            _ => return once,
        };
        self.at += 1;
        Node::Repeat { node: Box::new(once), least, most }
    }

    fn ways(&mut self) -> Option<Ways> {
        self.depth += 1;
        if self.depth > MOST_NESTING {
            return None;
        }
        let mut ways = vec![Vec::new()];
        while let Some(next) = self.peek() {
            match next {
                ')' => break,
                '|' => {
                    self.at += 1;
                    ways.push(Vec::new());
                }
                _ => {
                    let node = self.node()?;
                    let node = self.quantified(node)?;
                    ways.last_mut()?.push(node);
                }
            }
        }
        self.depth -= 1;
        Some(ways)
    }

    fn node(&mut self) -> Option<Node> {
        Some(match self.take()? {
            '.' => Node::Any,
            '^' => Node::Start,
            '$' => Node::End,
            '[' => self.set()?,
            '\\' => match self.take()? {
                // Word boundaries and back references are beyond this.
                'b' | 'B' | 'k' | '1'..='9' | 'p' | 'P' | 'u' | 'x' | 'c' => return None,
                other => escape(other),
            },
            '(' => {
                let ahead = if self.eat("?!") {
                    Some(true)
                } else if self.eat("?=") {
                    Some(false)
                } else {
                    None
                };
                if ahead.is_none() && !self.eat("?:") && self.peek() == Some('?') {
                    self.group_name()?;
                }
                let ways = self.ways()?;
                if !self.eat(")") {
                    return None;
                }
                match ahead {
                    Some(negated) => Node::Ahead { negated, ways },
                    None => Node::Group(ways),
                }
            }
            '*' | '+' | '?' | '{' => return None,
            other => Node::Char(other),
        })
    }

    /// `?<name>`; look-behinds are not read.
    fn group_name(&mut self) -> Option<()> {
        if !self.eat("?<") || matches!(self.peek()?, '=' | '!') {
            return None;
        }
        while self.take()? != '>' {}
        Some(())
    }

    fn set(&mut self) -> Option<Node> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        loop {
            let low = match self.take()? {
                ']' => break,
                '\\' => match escape(self.take()?) {
                    Node::Char(it) => it,
                    Node::Set { negated: false, ranges: more } => {
                        ranges.extend(more);
                        continue;
                    }
                    _ => return None,
                },
                other => other,
            };
            let ranged = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|it| *it != ']');
            if !ranged {
                ranges.push((low, low));
                continue;
            }
            self.at += 1;
            let high = match self.take()? {
                '\\' => self.take()?,
                other => other,
            };
            ranges.push((low, high));
        }
        Some(Node::Set { negated, ranges })
    }

    fn quantified(&mut self, node: Node) -> Option<Node> {
        let (least, most) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let close = self.chars[self.at..].iter().position(|it| *it == '}')? + self.at;
                let text: String = self.chars[self.at + 1..close].iter().collect();
                self.at = close;
                match text.split_once(',') {
                    None => (text.parse().ok()?, text.parse().ok()?),
                    Some((least, "")) => (least.parse().ok()?, u32::MAX),
                    Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
                }
            }
            _ => return Some(node),
        };
        self.at += 1;
        // Whether it is greedy does not change whether it matches.
        self.eat("?");
        Some(Node::Repeat { node: Box::new(node), least, most })
    }
}

fn escape(letter: char) -> Node {
    let set = |negated, ranges: &[(char, char)]| Node::Set { negated, ranges: ranges.to_vec() };
    const WORD: &[(char, char)] = &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
    const SPACE: &[(char, char)] = &[(' ', ' '), ('\t', '\r'), ('\u{a0}', '\u{a0}')];
    match letter {
        'd' => set(false, &[('0', '9')]),
        'D' => set(true, &[('0', '9')]),
        'w' => set(false, WORD),
        'W' => set(true, WORD),
        's' => set(false, SPACE),
        'S' => set(true, SPACE),
        'n' => Node::Char('\n'),
        'r' => Node::Char('\r'),
        't' => Node::Char('\t'),
        other => Node::Char(other),
    }
}

struct Run<'a> {
    text: &'a [char],
    steps: u32,
}

/// What has to match after a node.
type Then<'t, 'a> = &'t mut dyn FnMut(&mut Run<'a>, usize) -> bool;

impl<'a> Run<'a> {
    fn ways(&mut self, ways: &[Vec<Node>], at: usize, then: Then<'_, 'a>) -> bool {
        ways.iter().any(|way| self.sequence(way, at, then))
    }

    fn sequence(&mut self, nodes: &[Node], at: usize, then: Then<'_, 'a>) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return false;
        }
        let Some((first, rest)) = nodes.split_first() else { return then(self, at) };
        let one = |run: &mut Run<'a>, fits: bool, then: Then<'_, 'a>| fits && run.sequence(rest, at + 1, then);
        match first {
            Node::Char(wanted) => one(self, self.text.get(at) == Some(wanted), then),
            Node::Any => one(self, self.text.get(at).is_some_and(|it| *it != '\n'), then),
            Node::Set { negated, ranges } => {
                let within = |it: &char| ranges.iter().any(|(low, high)| low <= it && it <= high);
                one(self, self.text.get(at).is_some_and(|it| within(it) != *negated), then)
            }
            Node::Start => at == 0 && self.sequence(rest, at, then),
            Node::End => at == self.text.len() && self.sequence(rest, at, then),
            Node::Group(ways) => self.ways(ways, at, &mut |run, at| run.sequence(rest, at, then)),
            Node::Ahead { negated, ways } => self.ways(ways, at, &mut |_, _| true) != *negated && self.sequence(rest, at, then),
            Node::Repeat { node, least, most } => {
                self.repeat(node, (*least, *most), at, &mut |run, at| run.sequence(rest, at, then))
            }
        }
    }

    fn repeat(&mut self, node: &Node, (least, most): (u32, u32), at: usize, then: Then<'_, 'a>) -> bool {
        if most > 0 {
            let less = (least.saturating_sub(1), if most == u32::MAX { most } else { most - 1 });
            let again = self.sequence(std::slice::from_ref(node), at, &mut |run, next| {
                // A round that took nothing can be repeated as often as is asked, and would go on for ever.
                if next > at { run.repeat(node, less, next, then) } else { then(run, next) }
            });
            if again {
                return true;
            }
        }
        least == 0 && then(self, at)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn paths_match_as_path_to_regexp_6_matches_them() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("/about", &["/about", "/about/"], &["/about/team", "/About", "/abouts"]),
            ("/api/:path*", &["/api", "/api/a", "/api/a/b"], &["/apikeys", "/v1/api"]),
            ("/api/:path+", &["/api/a", "/api/a/b"], &["/api"]),
            ("/api/:path", &["/api/a"], &["/api", "/api/a/b"]),
            ("/dashboard/(.*)", &["/dashboard/a", "/dashboard/"], &["/dashboard"]),
            ("/dashboard(.*)", &["/dashboard", "/dashboard/a", "/dashboards"], &["/x/dashboard"]),
            ("/((?!api|_next/static).*)", &["/", "/users", "/_next/data"], &["/api/users", "/apikeys", "/_next/static/x"]),
            ("/((?!_next|.*\\..*).*)", &["/api/lists"], &["/api/export.csv", "/_next/x"]),
            ("/(api|trpc)(.*)", &["/api", "/api/a/b", "/trpc/x", "/apikeys"], &["/users"]),
            ("/users/:id(\\d+)", &["/users/7"], &["/users/me"]),
            ("/a{/:b}?", &["/a", "/a/x"], &["/ax"]),
            ("/:locale(en|de)?/admin", &["/admin", "/en/admin"], &["/fr/admin"]),
        ];
        for (source, yes, no) in table {
            let pattern = Pattern::path(source).unwrap_or_else(|| panic!("{source} is understood"));
            for path in *yes {
                assert_eq!(pattern.matches(path), Some(true), "{source} matches {path}");
            }
            for path in *no {
                assert_eq!(pattern.matches(path), Some(false), "{source} does not match {path}");
            }
        }
    }

    #[test]
    fn a_page_extension_list_is_understood() {
        let clerk = "/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|csv)).*)";
        let pattern = Pattern::path(clerk).expect("the pattern of the docs");
        assert_eq!(pattern.matches("/api/export.csv"), Some(false));
        assert_eq!(pattern.matches("/a.png/x"), Some(false));
        assert_eq!(pattern.matches("/data.json"), Some(true));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert_eq!(Pattern::path("/api/*"), None);
        assert_eq!(Pattern::path("/(?!api)"), None);
        assert_eq!(Pattern::path("/((?<=a)b)"), None);
        assert_eq!(Pattern::path("/(a"), None);
    }

    #[test]
    fn a_catastrophic_pattern_is_given_up() {
        let pattern = Pattern::path("/((a*)*b)").expect("understood");
        assert_eq!(pattern.matches(&format!("/{}", "a".repeat(60))), None);
    }
}
