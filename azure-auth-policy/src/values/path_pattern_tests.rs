use proptest::prelude::*;

use super::*;

fn shadow(one: &str, other: &str) -> bool {
    PathPattern::parse(one).unwrap().shadows(PathPattern::parse(other).unwrap())
}

#[test]
fn paths_that_differ_in_names_only_shadow_each_other() {
    for (one, other) in [
        ("/", "/"),
        ("/files/:id", "/files/:name"),
        ("/a/:x/b/:y", "/a/:y/b/:x"),
        ("/m/a:b", "/m/a:c"),
        ("/a/*rest", "/a/*"),
        (r"/a/:id<\d+>", r"/a/<\d+>"),
    ] {
        assert!(shadow(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("/files/:id", "/files/new"),
        ("/files/:id", "/files/*rest"),
        ("/a/:x/b", "/a/:y/c"),
        (r"/a/:id<\d+>", "/a/:id"),
        (r"/a/:id<\d+>", r"/a/:id<\w+>"),
        ("/a", "/a/"),
    ] {
        assert!(!shadow(one, other), "{one} {other}");
    }
}

#[test]
fn a_path_with_mistakes_is_compared_as_it_stands() {
    assert!(PathPattern::of("/n/<open").shadows(PathPattern::of("/n/<open")));
    assert!(!PathPattern::of("/n/<open").shadows(PathPattern::of("/n/<other")));
    assert!(PathPattern::of("").shadows(PathPattern::of("")));
}

#[test]
fn each_mistake_is_found_at_its_place() {
    use PathProblemKind::{ExpressionOpen, NameMissing, NameTwice, NotAPath, Relative};
    for (path, kind, bytes) in [
        ("", Relative, 0..0),
        ("files", Relative, 0..5),
        ("/a/:", NameMissing, 3..4),
        ("/a/:/b", NameMissing, 3..4),
        (r"/a/<\d+", ExpressionOpen, 3..7),
        ("/a/:id/:id", NameTwice, 7..10),
        ("/a/:id/*id", NameTwice, 7..10),
        ("/a?b=1", NotAPath, 2..6),
        ("/a#b", NotAPath, 2..4),
    ] {
        assert_eq!(PathPattern::parse(path), Err(PathProblem { kind, bytes }), "{path}");
    }
}

#[test]
fn a_plain_path_has_no_pattern() {
    assert!(PathPattern::parse("/a/b").unwrap().is_plain());
    for pattern in ["/:a", "/*", "/<a>"] {
        assert!(!PathPattern::parse(pattern).unwrap().is_plain(), "{pattern}");
    }
}

#[test]
fn parameters_are_filled_in_and_expressions_are_not() {
    for (pattern, path) in [
        ("/", Some("/")),
        ("/files/:id", Some("/files/1")),
        ("/a/:x/b/:y", Some("/a/1/b/1")),
        ("/a/*rest", Some("/a/rest")),
        ("/a/:x/*", Some("/a/1/rest")),
        (r"/a/:id<\d+>", None),
        (r"/a/<\d+>/b", None),
    ] {
        assert_eq!(PathPattern::of(pattern).filled().as_deref(), path, "{pattern}");
    }
}

#[test]
fn segments_are_told_apart_by_how_much_they_take() {
    let segments: Vec<Segment<'_>> = PathPattern::of(r"/a//:id/<\d+>/*rest").segments().collect();
    assert_eq!(segments, [Segment::Text("a"), Segment::Open, Segment::Open, Segment::Rest]);
}

proptest! {
    #[test]
    fn no_path_makes_it_panic(path in "[/a:*<>?#é]{0,12}") {
        let pattern = PathPattern::of(&path);
        prop_assert!(pattern.shadows(pattern));
        prop_assert_eq!(pattern.is_plain(), !path.contains([':', '*', '<']));
        if let Err(problem) = PathPattern::parse(&path) {
            prop_assert!(path.get(problem.bytes).is_some());
        }
        if let Some(filled) = pattern.filled() {
            prop_assert!(PathPattern::of(&filled).is_plain());
        }
    }
}
