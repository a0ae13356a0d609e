/** The data source that deploy/grafana/provisioning sets up. */
export const SOURCE = { type: 'prometheus', uid: 'prometheus' };
