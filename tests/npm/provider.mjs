// An OpenID Connect provider for the tests: PORT and the rest come as one JSON argument, and "ready" is printed once it serves.
//
// Whoever types a name at its own sign-in page is that person; `people` says which groups each is in.

import { createServer } from "node:http";
import Provider from "oidc-provider";

const { host, port, redirectUri, people, secret, inToken } = JSON.parse(process.argv[2]);
const issuer = `http://${host}:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "ill-gateway",
      ...(secret ? { client_secret: secret } : { token_endpoint_auth_method: "none" }),
      redirect_uris: [redirectUri],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  conformIdTokenClaims: !inToken,
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["a visibly fictional key"] },
  findAccount: (_ctx, id) =>
    people[id] && { accountId: id, claims: () => ({ sub: id, preferred_username: people[id].name, groups: people[id].groups }) },
  // Nobody is asked whether we may know the name: it is the library's own provider.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log("ready"));
