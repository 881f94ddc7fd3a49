use std::marker::PhantomData;

use azure_auth::Has;

azure_auth::app! { roles: { Admin } }

fn delete_everything(_: Has<Admin>) {}

fn main() {
    delete_everything(Has { proved: PhantomData });
}
