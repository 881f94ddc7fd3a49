//! The same cases by the clock, the floors among them in the same run. Times depend on the machine and on what else it
//! does; only their ratios say something about the library.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the two lower floors are private: they are included whole, of which a part is measured"
)]

mod cases;
#[path = "../src/model/mod.rs"]
mod model;
#[path = "../src/rules/mod.rs"]
mod rules;

use criterion::{Criterion, criterion_group, criterion_main};

fn times(criterion: &mut Criterion) {
    let material = cases::Material::new();
    for (case, _) in cases::CASES {
        let Some(iteration) = cases::prepare(case, &material) else { continue };
        criterion.bench_function(case, |bencher| bencher.iter(&iteration));
    }
}

criterion_group!(benches, times);
criterion_main!(benches);
