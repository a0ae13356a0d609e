// The OpenID provider of the test, as https://login.example. Any name is signed in with any password, and has these groups.
import Provider from "oidc-provider";

const GROUPS = { "supervisor@boards.example": ["supervisors", "staff"], "agent@boards.example": ["staff"] };

const provider = new Provider("https://login.example", {
  clients: [
    {
      client_id: "boards",
      client_secret: process.env.CLIENT_SECRET,
      redirect_uris: ["https://boards.example/oauth2/callback"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true, groups: GROUPS[id] ?? [] }),
  }),
});
// nginx stands in front of it, and speaks TLS.
provider.proxy = true;
provider.listen(3000, "127.0.0.1");
