const _: () = {
    struct __Operation0;
    #[automatically_derived]
    impl ::azure_auth::__private::Declared for __Operation0 {
        const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::public(
                ::core::concat!(::core::module_path!(), "::Files::health"),
            )
            .reason("asked by the load balancer");
        type Handler = Self;
    }
    fn __opened__operation0<
        E: ::azure_auth::__private::Endpoint<Output = ::azure_auth::__private::Response>
            + 'static,
    >(endpoint: E) -> impl ::azure_auth::__private::Endpoint + 'static {
        ::azure_auth::__private::opened(endpoint)
    }
    struct __Operation1;
    #[automatically_derived]
    impl ::azure_auth::__private::Declared for __Operation1 {
        const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
                ::core::concat!(::core::module_path!(), "::Files::read"),
            )
            .scopes(const { &["Files.Read"] })
            .downstream(const {
                use ::azure_auth::__private::AnyExtractor as _;
                &[::azure_auth::__private::Extractor::<Path<u64>>::NEED]
            });
        type Handler = Self;
    }
    fn __guarded__operation1<
        E: ::azure_auth::__private::Endpoint<Output = ::azure_auth::__private::Response>
            + 'static,
    >(endpoint: E) -> impl ::azure_auth::__private::Endpoint + 'static {
        ::azure_auth::__private::guarded::<__Operation1, _>(limited(endpoint))
    }
    #[automatically_derived]
    impl<S: Store> ::azure_auth::__private::DeclaredApi for Files<S> {
        const OPERATIONS: &'static [::azure_auth::__private::Operation] = &[
            ::azure_auth::__private::Operation::of::<
                __Operation0,
            >("GET", "/v1", "/health"),
            ::azure_auth::__private::Operation::of::<
                __Operation1,
            >("GET", "/v1", "/files/:id"),
            ::azure_auth::__private::Operation::of::<
                __Operation1,
            >("HEAD", "/v1", "/files/:id"),
        ];
    }
    #[OpenApi(prefix_path = "/v1")]
    impl<S: Store> Files<S> {
        /// Whether the service is there
        #[oai(path = "/health", method = "get", transform = "__opened__operation0")]
        async fn health(&self) -> PlainText<&'static str> {
            PlainText("ok")
        }
        /// One file
        #[oai(
            path = "/files/:id",
            method = "get",
            method = "head",
            transform = "__guarded__operation1"
        )]
        async fn read(&self, id: Path<u64>) -> PlainText<String> {
            PlainText(self.store.read(id.0))
        }
        fn store(&self) -> &S {
            &self.store
        }
    }
};
