/** `with { type: "file" }` gives the path of the file, in the compiled binary too. */
declare module "swagger-ui-dist/*" {
  const path: string;
  export default path;
}
