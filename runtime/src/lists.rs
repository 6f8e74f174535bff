//! What a derive's output says again for each state and each transition: written out by the compiler, from a list.
//!
//! A derive is a program that cargo builds without optimisation, and a token that it makes costs many times what one costs
//! here. What is the user's, and what an error or a link of the docs points to, comes with the list: names, bounds, and the
//! first and the last token of what has a place. All is taken as `tt`: any other fragment loses where it stood.

/// The marker trait of each transition, and the states that it leaves.
#[doc(hidden)]
#[macro_export]
macro_rules! __edges {
    ($(
        [$($visible:tt)*] $transition:tt $end:tt $items:tt $doc:tt $message:tt $label:tt $note:tt [$($from:tt $to:tt)*]
    )*) => { $(
        #[doc = $doc]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        $($visible)* trait $transition<S $end $items
        $(impl $transition<super::$from> for __Machine<super::$from> $to)*
    )* };
}

/// The method of each transition.
#[doc(hidden)]
#[macro_export]
macro_rules! __methods {
    ($machine:tt <$state:tt $close:tt $(
        $module:tt $transition:tt $end:tt $doc:tt [$($visible:tt)*] $function:tt $name:tt($($parameters:tt)*) [$($along:tt)*] [$($rest:tt)*] $body:tt
    )*) => { $(
        impl<$state: $crate::State> $machine<$state $close
        where
            Self: $module::edge::$transition<$state $end,
        {
            #[doc = $doc]
            $($visible)* $function $name($($parameters)*)
                -> $crate::Step<$crate::commit::AlongEdge<$($along)*>, Self $($rest)*> $body
        }
    )* };
}

/// The enum of the machines in each state.
#[doc(hidden)]
#[macro_export]
macro_rules! __any {
    ([$($attributes:tt)*] [$($visible:tt)*] $enum:tt $any:tt of $machine:tt $module:tt: $($variant:tt $marker:tt $doc:tt)*) => {
        $($attributes)*
        #[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic)]
        $($visible)* $enum $any {
            $(#[doc = $doc] $variant($machine<$module::$marker>),)*
        }
    };
}

/// The enum of the transitions as values.
#[doc(hidden)]
#[macro_export]
macro_rules! __commands {
    ([$($attributes:tt)*] [$($visible:tt)*] $enum:tt $command:tt: $($variant:tt $doc:tt [$($fields:tt)*])*) => {
        $($attributes)*
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        $($visible)* $enum $command {
            $(#[doc = $doc] $variant $($fields)*,)*
        }
    };
}

/// What each state is to the runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __states {
    ($states:tt $machine:tt $module:tt: $($marker:tt $index:tt [$($data:tt)*] [$($functions:tt)*])*) => { $(
        #[automatically_derived]
        impl $crate::State for $module::$marker {
            type Machine = $states;
            type Data = $($data)*;
            type Typed = $machine<$module::$marker>;
            const INDEX: __At<Self> = __at($index);
            $($functions)*
        }
    )* };
}

/// The function of the machine, whatever the state is.
#[doc(hidden)]
#[macro_export]
macro_rules! __each {
    ($machine:tt $any:tt $function:tt: $($variant:tt)*) => {
        match $machine {
            $($any::$variant(__machine) => $function(__machine),)*
        }
    };
}

/// The machine in the state of a value.
#[doc(hidden)]
#[macro_export]
macro_rules! __place {
    ($state:tt $entry:tt $states:tt $any:tt: $($variant:tt $fields:tt [$($data:tt)*])*) => {
        match $state {
            $($states::$variant $fields => $any::$variant(__into_state($entry, $($data)*)),)*
        }
    };
}
