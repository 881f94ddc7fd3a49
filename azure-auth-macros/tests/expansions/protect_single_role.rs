#[azure_auth::protect(roles = "Billing.Read", via = session)]
#[handler]
async fn invoices(Path(id): Path<u32>) -> Json<Vec<Invoice>> {
    Json(Invoice::of(id).await)
}
