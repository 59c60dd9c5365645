"""What several gateways share: connections to the circulation system (`seats`), its count of logins (`logins`), and news of the store (`news`)."""
