"""Who somebody is: accounts, second factors, identity providers, sessions."""
