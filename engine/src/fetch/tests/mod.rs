mod addresses;
mod bodies;
mod dialing;
mod limits;
mod redirects;
mod rig;
mod robots;
mod urls;
