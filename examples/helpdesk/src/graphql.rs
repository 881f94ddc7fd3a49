//! The same for clients that speak GraphQL.

use async_graphql::{Context, EmptySubscription, Object, Result};
use async_graphql_poem::{GraphQLRequest, GraphQLResponse};
use azure_auth::{Principal, User};
use poem::handler;
use poem::web::Data;

use crate::database::{Database, Ticket};
use crate::vocabulary::{Admin, TicketsRead, TicketsWrite};

type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

pub(crate) struct Query;
pub(crate) struct Mutation;

pub(crate) fn schema(database: Database) -> Schema {
    Schema::build(Query, Mutation, EmptySubscription).data(database).finish()
}

/// The guard judges the request; what it proved goes along to the resolvers.
#[azure_auth::protect(scopes = all(TicketsRead, TicketsWrite))]
#[handler]
pub(crate) async fn graphql(
    schema: Data<&Schema>,
    principal: Principal,
    user: User,
    request: GraphQLRequest,
) -> GraphQLResponse {
    schema.execute(request.0.data(principal).data(user)).await.into()
}

#[Object]
impl Query {
    /// The tickets of the person, newest first.
    async fn tickets(&self, context: &Context<'_>) -> Result<Vec<Ticket>> {
        Ok(context.data::<Database>()?.tickets(Some(context.data::<User>()?.id())).await?)
    }
}

#[Object]
impl Mutation {
    /// For administrators.
    async fn answer_ticket(&self, context: &Context<'_>, id: i64, answer: String) -> Result<Ticket> {
        let admin = context.data::<Principal>()?.proof::<Admin>().ok_or("only administrators answer tickets")?;
        Ok(context.data::<Database>()?.answer(admin, context.data::<User>()?.id(), id, answer).await?)
    }
}
