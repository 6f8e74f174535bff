#[allow(clippy::all, clippy::pedantic)]
const _: () = {
    use ::tollgate::__private as __tollgate;
    #[automatically_derived]
    impl __tollgate::Event for CreateTable {
        const TYPE: &'static __tollgate::EventType = &__tollgate::EventType::new(
            "create-table",
            "A user created a table.",
            &[__tollgate::chart::Requirement::Actor],
            &[
                __tollgate::Property::new("databaseName", "The database it is in."),
                __tollgate::Property::new("options", "").flattened(),
                __tollgate::Property::new("schema", "").redacted(),
            ],
        );
        type ActorRequirement = __tollgate::NotGiven;
        type ReasonRequirement = __tollgate::NotRequired;
        fn __properties(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<__tollgate::serde_json::Value>,
            __tollgate::ValueError,
        > {
            __tollgate::properties(
                self,
                &["cache"],
                &["schema"],
                ::core::option::Option::None,
            )
        }
        fn __stored(
            __properties: ::core::option::Option<&__tollgate::serde_json::Value>,
        ) -> ::core::result::Result<
            ::std::borrow::Cow<'_, __tollgate::serde_json::Value>,
            __tollgate::serde_json::Error,
        > {
            ::core::result::Result::Ok({
                use __tollgate::NullProperty as _;
                let mut __stored = __tollgate::stored_properties(__properties);
                __tollgate::replace_property(
                    &mut __stored,
                    "schema",
                    ::core::option::Option::Some(
                        __tollgate::default_property::<String>().json()?,
                    ),
                );
                __tollgate::replace_property(
                    &mut __stored,
                    "cache",
                    ::core::option::Option::None,
                );
                __stored
            })
        }
        fn __unredacted(
            __name: &::core::primitive::str,
        ) -> ::core::option::Option<__tollgate::serde_json::Value> {
            use __tollgate::NoDefaultJson as _;
            match __name {
                "databaseName" => __tollgate::default_json::<String>().get(),
                _ => ::core::option::Option::None,
            }
        }
    }
};
