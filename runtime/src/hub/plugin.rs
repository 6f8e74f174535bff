//! Plugins: named groups of subscriptions that are installed and removed as one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::subscription::Subscription;
use super::{Hub, RegistrationError, Subscribers};
use crate::observer::Failures;

/// The names of the installed plugins, in the order of their installation.
#[derive(Debug, Default)]
pub(super) struct Plugins {
    names: Vec<(Subscription, Arc<str>)>,
    /// The plugin that is being installed.
    pub(super) current: Option<Arc<str>>,
}

impl Plugins {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(_, name)| &**name)
    }

    fn add(&mut self, name: &str) -> Result<(Subscription, Arc<str>), RegistrationError> {
        if name.trim().is_empty() {
            return Err(RegistrationError::BlankPluginName);
        }
        if self.names().any(|taken| taken == name) {
            return Err(RegistrationError::PluginName { name: name.to_owned() });
        }
        let added = (Subscription::next(), Arc::from(name));
        self.names.push(added.clone());
        Ok(added)
    }

    /// Returns the name under which failures of a subscriber are counted.
    pub(super) fn qualified(&self, name: impl AsRef<str> + Into<String>) -> String {
        qualified(self.current.as_deref(), name)
    }
}

/// Returns `plugin: name`, or the name if there is no plugin.
pub(super) fn qualified(plugin: Option<&str>, name: impl AsRef<str> + Into<String>) -> String {
    match plugin {
        Some(plugin) => format!("{plugin}: {}", name.as_ref()),
        None => name.into(),
    }
}

impl<'h, L: Subscribers<'h>> Hub<'h, L> {
    /// Installs a plugin: a named group of subscriptions, which [`remove_plugin`](Self::remove_plugin) removes as one.
    ///
    /// Each subscription that `install` adds belongs to the plugin. The [catalog](Self::catalog) shows it, and failures
    /// have its name: ``observer `metrics: on create-table` failed``. A plugin that is installed inside `install` is
    /// separate.
    ///
    /// If `install` fails or panics, nothing that it added stays in the hub: no subscription, no registered type, no inner
    /// plugin. A plugin or a subscriber that it removed does not come back.
    ///
    /// The host decides where failures are reported: `install` runs without the hub's `on_failure`, which is back
    /// afterwards. One that `install` sets ends with it.
    ///
    /// ```
    /// use tollgate::events::{CreateTable, DropTable};
    /// use tollgate::{Event, Hub, Record, sink};
    ///
    /// let mut hub = Hub::new();
    /// hub.plugin("metrics", |hub| {
    ///     hub.on::<CreateTable>(|_, _| println!("created"))?;
    ///     hub.on::<DropTable>(|_, _| println!("dropped"))?;
    ///     Ok(())
    /// })?;
    /// assert_eq!(hub.catalog().plugins, ["metrics"]);
    ///
    /// let counts = hub.remove_plugin("metrics").ok_or("not installed")?;
    /// assert_eq!(counts[0].observer, "metrics: on create-table");
    /// assert_eq!(hub.failures().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::PluginName`] if a plugin of this name is installed,
    /// [`RegistrationError::BlankPluginName`] if the name is empty or blank, and the error of `install`. Wrap an error of
    /// another type with [`RegistrationError::other`].
    pub fn plugin<T>(
        &mut self,
        name: impl AsRef<str>,
        install: impl FnOnce(&mut Self) -> Result<T, RegistrationError>,
    ) -> Result<T, RegistrationError> {
        let (start, name) = self.register.plugins.add(name.as_ref())?;
        let registered = self.register.registered();
        let reporter = self.subscribers.take_reporter();
        let outer = self.register.plugins.current.replace(name);
        let installed = catch_unwind(AssertUnwindSafe(|| install(self)));
        self.register.plugins.current = outer;
        let has_succeeded = matches!(installed, Ok(Ok(_)));
        self.subscribers.restore_reporter(reporter);
        if !has_succeeded {
            self.remove_where(|hub, position| hub.register.entries[position].id.0 > start.0);
            self.register.plugins.names.retain(|(id, _)| id.0 < start.0);
            self.register.return_to(&registered);
        }
        installed.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Removes a plugin with all its subscribers, and returns their failure counts. Returns `None` if no plugin of this
    /// name is installed.
    ///
    /// The types that it registered stay registered, because other subscribers may use them. Its name can be installed
    /// again. A plugin that was installed inside it stays.
    pub fn remove_plugin(&mut self, name: &str) -> Option<Vec<Failures>> {
        let position = self.register.plugins.names().position(|installed| installed == name)?;
        self.register.plugins.names.remove(position);
        let is_of_plugin = |hub: &Self, position: usize| hub.register.entries[position].plugin.as_deref() == Some(name);
        Some(self.remove_where(is_of_plugin))
    }

    /// Removes a subscriber, and returns its failure counts. Returns `None` if it is not in this hub, for instance because
    /// it was removed before.
    ///
    /// ```
    /// use tollgate::Hub;
    /// use tollgate::events::Login;
    ///
    /// let mut hub = Hub::new();
    /// let greeter = hub.on::<Login>(|_, record| println!("{:?} signed in", record.actor))?.subscription();
    /// let counts = hub.unsubscribe(greeter).ok_or("not subscribed")?;
    /// assert_eq!((counts.observer.as_str(), counts.total()), ("on login", 0));
    /// assert!(hub.unsubscribe(greeter).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unsubscribe(&mut self, subscription: Subscription) -> Option<Failures> {
        let position = self.register.entries.iter().position(|entry| entry.id == subscription)?;
        Some(self.remove(position))
    }

    /// Removes the `once` subscribers that have handled their record.
    pub(super) fn remove_finished(&mut self) {
        self.remove_where(|hub, position| hub.register.entries[position].is_finished);
    }

    fn remove_where(&mut self, leaves: impl Fn(&Self, usize) -> bool) -> Vec<Failures> {
        let leaving: Vec<usize> = (0..self.register.entries.len()).filter(|position| leaves(self, *position)).collect();
        // From the last one, so that the positions before it stay.
        let mut failures: Vec<Failures> = leaving.into_iter().rev().map(|position| self.remove(position)).collect();
        failures.reverse();
        failures
    }

    fn remove(&mut self, position: usize) -> Failures {
        self.register.remove(position);
        self.subscribers.remove(position)
    }
}
